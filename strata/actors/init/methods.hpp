#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::init {

/// The method table of the init actor.
std::span<const Method> methods();

}  // namespace strata::actors::init
