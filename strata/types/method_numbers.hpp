#pragma once
// Method numbers that every actor has. Those of one actor stand beside it. Source: docs/protocol/fvm.md §2.5
// (fvm_shared METHOD_SEND, METHOD_CONSTRUCTOR), FRC-0042.
#include <strata/types/basic.hpp>

namespace strata {

/// Transfers the value and calls nothing.
inline constexpr MethodNumber kMethodSend = 0;
inline constexpr MethodNumber kMethodConstructor = 1;
/// "InvokeEVM" by FRC-42: what an Ethereum transaction calls.
inline constexpr MethodNumber kMethodInvokeEvm = 3'844'450'837;

}  // namespace strata
