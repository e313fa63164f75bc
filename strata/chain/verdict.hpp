#pragma once
// What becomes of something that a peer sent over gossip. Source: node.md §8.1, §14.2.
namespace strata::chain {

enum class Verdict {
    accept,  // take it and pass it on
    ignore,  // neither
    reject,  // the peer should have known better
};

}  // namespace strata::chain
