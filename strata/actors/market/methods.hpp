#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::market {

/// The method table of the storage market actor.
std::span<const Method> methods();

}  // namespace strata::actors::market
