#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::power {

/// The method table of the storage power actor.
std::span<const Method> methods();

}  // namespace strata::actors::power
