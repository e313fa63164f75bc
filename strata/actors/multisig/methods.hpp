#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::multisig {

/// The method table of the multisig actor.
std::span<const Method> methods();

}  // namespace strata::actors::multisig
