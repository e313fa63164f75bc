#pragma once
// Results of executing a tipset: values only, state_manager.hpp executes. Source: docs/protocol/fvm.md §3.9.
#include <strata/vm/applied.hpp>

namespace strata::chain {

struct TipsetState {
    Cid state_root;
    Cid receipts_root;
    STRATA_CBOR_TUPLE(state_root, receipts_root);
    friend bool operator==(const TipsetState&, const TipsetState&) = default;
};

struct Executed {
    Cid cid;  // of the unsigned message
    Message message;
    vm::Applied applied;
};

struct TipsetExecution {
    TipsetState state;
    std::vector<Executed> messages;  // in the order of the receipts
    std::vector<Executed> implicit;  // rewards and cron, in the order they ran
};

enum class Simulate {
    free,  // by anybody, without preflight and payment: StateCall
    paid,  // as in a block: gas estimation
};

}  // namespace strata::chain
