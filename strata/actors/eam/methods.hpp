#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::eam {

/// The method table of the Ethereum address manager.
std::span<const Method> methods();

}  // namespace strata::actors::eam
