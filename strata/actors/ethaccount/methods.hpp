#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::ethaccount {

/// The method table of the ethaccount actor.
std::span<const Method> methods();

}  // namespace strata::actors::ethaccount
