#pragma once
// Declares the method table of each built-in actor. Each table is defined in its actor's methods.cpp; table.cpp gives
// the tables to the VM.
#include <strata/actors/native_actor.hpp>

namespace strata::actors {

namespace account {
std::span<const Method> methods();
}
namespace cron {
std::span<const Method> methods();
}
namespace datacap {
std::span<const Method> methods();
/// The methods since version 19.
std::span<const Method> methods19();
}  // namespace datacap
namespace eam {
std::span<const Method> methods();
}
namespace ethaccount {
std::span<const Method> methods();
}
namespace evm {
std::span<const Method> methods();
/// Answers every method number that is not in the table: contracts get those above 1023 as native methods.
ActorResult<ReturnData> native_method(Runtime& rt, const std::optional<Payload>& params);
}  // namespace evm
namespace init {
std::span<const Method> methods();
}
namespace market {
std::span<const Method> methods();
/// The methods since version 19.
std::span<const Method> methods19();
}  // namespace market
namespace miner {
std::span<const Method> methods();
/// The methods of version 17.
std::span<const Method> methods17();
/// The methods since version 19.
std::span<const Method> methods19();
}  // namespace miner
namespace multisig {
std::span<const Method> methods();
}
namespace paych {
std::span<const Method> methods();
}
namespace power {
std::span<const Method> methods();
}
namespace reward {
std::span<const Method> methods();
/// The methods since version 19.
std::span<const Method> methods19();
}  // namespace reward
namespace system {
std::span<const Method> methods();
}
namespace verifreg {
std::span<const Method> methods();
/// The methods since version 19.
std::span<const Method> methods19();
}  // namespace verifreg

}  // namespace strata::actors
