#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::system {

/// The method table of the system actor.
std::span<const Method> methods();

}  // namespace strata::actors::system
