#pragma once
// Results of one message: the values that leave an execution, without the machine that made them.
// Source: docs/protocol/fvm.md §3.3 to §3.7; ref-fvm fvm/src/gas/outputs.rs.
#include <memory>

#include <strata/types/message.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::vm {

struct MessageTrace;  // vm/trace.hpp

/// Where the gas of a message went (docs/protocol/fvm.md §3.5). All amounts are in attoFIL.
struct Settlement {
    TokenAmount base_fee_burn;
    TokenAmount over_estimation_burn;
    TokenAmount miner_tip;
    TokenAmount penalty;  // the miner of the block pays it
    TokenAmount refund;
    std::uint64_t gas_refund = 0;
    std::uint64_t gas_burned = 0;
};

/// Why a message was not executed at all (docs/protocol/fvm.md §3.3). The miner who included it pays.
enum class Refusal {
    gas_limit_below_inclusion,  // exit 7
    sender_unknown,             // exit 1: no actor has this address
    sender_missing,             // exit 1: the ID has no actor
    sender_type,                // exit 1: neither an account nor a placeholder that may become one
    nonce,                      // exit 2
    funds,                      // exit 2: the balance does not cover the gas limit at the fee cap
};

struct Applied {
    Receipt receipt;
    Settlement settlement;
    std::vector<StampedEvent> events;
    std::optional<Refusal> refusal;             // empty if the message was executed
    std::string failure;                        // for people; empty on success
    std::shared_ptr<const MessageTrace> trace;  // null unless the executor traces
};

}  // namespace strata::vm
