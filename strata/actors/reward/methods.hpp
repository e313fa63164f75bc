#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::reward {

/// The method table of the reward actor.
std::span<const Method> methods();

}  // namespace strata::actors::reward
