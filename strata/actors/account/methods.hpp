#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::account {

/// The method table of the account actor.
std::span<const Method> methods();

}  // namespace strata::actors::account
