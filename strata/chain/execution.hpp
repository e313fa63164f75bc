#pragma once
// Results of executing a tipset: values only, state_manager.hpp executes. Source: docs/protocol/fvm.md §3.9.
#include <strata/chain/tipset.hpp>
#include <strata/vm/applied.hpp>

namespace strata::chain {

struct Executed {
    Cid cid;  // of the unsigned message
    Message message;
    vm::Applied applied;
    /// The CID under which the block lists the message: of the signed message if its signature is not in the block's
    /// aggregate. Set in traces; in others, and for implicit messages, it is undefined.
    Cid listed = {};

    const Cid& name() const { return listed.defined() ? listed : cid; }
};

struct TipsetExecution {
    TipsetState state;
    std::vector<Executed> messages;          // in the order of the receipts
    std::vector<Executed> implicit;          // rewards and cron, in the order they ran
    std::vector<Executed> null_rounds = {};  // in traces: cron of the epochs between the parent and the tipset
    std::vector<bool> is_implicit = {};  // of the lists `messages` and `implicit`, where each execution in turn lies

    /// Returns all executions in the order they ran.
    std::vector<const Executed*> in_order() const;
};

/// Whether an execution notes the calls and charges of each message (vm/trace.hpp).
enum class Trace { off, on };

}  // namespace strata::chain
