#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::paych {

/// The method table of payment channels.
std::span<const Method> methods();

}  // namespace strata::actors::paych
