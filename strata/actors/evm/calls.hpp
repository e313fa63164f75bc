#pragma once
// CALL, STATICCALL and DELEGATECALL. Source: builtin-actors actors/evm/src/interpreter/instructions/call.rs.
#include <strata/actors/evm/frame.hpp>
#include <strata/actors/evm/system.hpp>

namespace strata::actors::evm {

enum class CallKind { call, read_only, delegate };

struct CallRequest {
    CallKind kind{};
    U256 gas;
    U256 to;
    U256 value;  // zero except in CALL
    U256 input_offset, input_size;
    U256 output_offset, output_size;
};

/// Calls a contract, an account, a native actor or a precompiled contract. Returns 1 for success and 0 for failure;
/// what the callee returned is in frame.returned, and as much of it as fits in the memory.
ActorResult<U256> call(System& system, Frame& frame, const CallRequest& request);

/// Returns the byte string in a block, or the block's content if it is not a byte string; no bytes if it is empty.
Bytes returned_bytes(std::optional<Payload> block);

}  // namespace strata::actors::evm
