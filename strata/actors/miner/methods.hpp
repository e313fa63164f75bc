#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::miner {

/// The method table of the storage miner actor.
std::span<const Method> methods();

}  // namespace strata::actors::miner
