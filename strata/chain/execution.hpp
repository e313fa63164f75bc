#pragma once
// Results of executing a tipset: values only, state_manager.hpp executes. Source: docs/protocol/fvm.md §3.9.
#include <strata/chain/tipset.hpp>
#include <strata/vm/applied.hpp>

namespace strata::chain {

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
