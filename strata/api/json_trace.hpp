#pragma once
// Prints what happened in a message, as Lotus' StateCall, StateReplay and StateCompute do. Source: lotus
// chain/types/execresult.go, api/types.go (InvocResult, MsgGasCost).
#include <strata/api/fault.hpp>
#include <strata/vm/applied.hpp>

namespace strata::api {

/// Prints an InvocResult. `cid` is that of the message that was asked for. What gas costs is printed for messages that
/// paid for it only: not for those of the system, nor for `unpaid` ones. Durations are 0, since they are not measured
/// for single charges. Errors: too_large for a trace of more than `limit` bytes, or one that was cut.
Result<Text> invocation_result(const Printer& print, const Cid& cid, const Message& message, const vm::Applied& applied,
                               std::size_t limit, bool unpaid = false);

}  // namespace strata::api
