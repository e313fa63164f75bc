#pragma once
// Says how to treat something that a peer sent over gossip. Source: docs/protocol/node.md §8.1, §14.2.
#include <string>

namespace strata::chain {

enum class Verdict {
    accept,  // take it and pass it on
    ignore,  // do neither; the peer may be right
    reject,  // the peer should have known better, and loses score
};

/// A verdict with the name that the reference gives to the deciding rule, and a sentence for people.
struct Decision {
    Verdict verdict = Verdict::accept;
    std::string rule;    // empty when accepted
    std::string reason;  // empty when accepted
};

}  // namespace strata::chain
