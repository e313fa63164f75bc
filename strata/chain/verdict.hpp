#pragma once
// What becomes of something that a peer sent over gossip. Source: docs/protocol/node.md §8.1, §14.2.
#include <string>

namespace strata::chain {

enum class Verdict {
    accept,  // take it and pass it on
    ignore,  // do neither; the peer may be right
    reject,  // the peer should have known better, and loses score
};

/// A verdict with the rule that decided, under the reference's name for it, and a sentence for people.
struct Decision {
    Verdict verdict = Verdict::accept;
    std::string rule;    // empty when accepted
    std::string reason;  // empty when accepted
};

}  // namespace strata::chain
