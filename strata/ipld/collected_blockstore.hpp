#pragma once
// A store that removes states that nobody needs while others work on it (store/generations.hpp). All other stores keep
// everything, and for these the two functions at the end do nothing.
#include <memory>

#include <strata/ipld/blockstore.hpp>

namespace strata {

class CollectedBlockstore : public Blockstore {
  public:
    virtual Blockstore& lasting() = 0;
    virtual std::shared_ptr<const void> hold() = 0;
};

/// Returns the same store for blocks that are never removed: headers, messages, receipts.
inline Blockstore& lasting(Blockstore& blocks) {
    auto* const collected = dynamic_cast<CollectedBlockstore*>(&blocks);
    return collected != nullptr ? collected->lasting() : blocks;
}
/// Begins work that writes blocks with links to blocks that it finds in the store. What the work finds with has(), and
/// what it reaches from there or from a state of a kept tipset, is not removed under it. The work ends with the result.
[[nodiscard]] inline std::shared_ptr<const void> hold(Blockstore& blocks) {
    auto* const collected = dynamic_cast<CollectedBlockstore*>(&blocks);
    return collected != nullptr ? collected->hold() : nullptr;
}

}  // namespace strata
