#pragma once
// Defines the method numbers that every actor has. The numbers of a single actor are defined beside it. Source:
// docs/protocol/fvm.md §2.5 (fvm_shared METHOD_SEND, METHOD_CONSTRUCTOR), FRC-0042.
#include <strata/types/basic.hpp>

namespace strata {

/// Method 0 transfers the value and calls no code.
inline constexpr MethodNumber kMethodSend = 0;
inline constexpr MethodNumber kMethodConstructor = 1;
/// The FRC-42 number of "InvokeEVM", the method that an Ethereum transaction calls.
inline constexpr MethodNumber kMethodInvokeEvm = 3'844'450'837;

}  // namespace strata
