#pragma once
// Holds the blocks that one invocation opened, created, was given or got back. Handles count from 1
// (docs/protocol/fvm.md §4.6).
#include <memory>

#include <strata/vm/kernel.hpp>

namespace strata::vm {

struct Block {
    Codec codec{};
    std::shared_ptr<const Bytes> data;
    std::vector<Cid> links;  // the CIDs that the block makes reachable

    BlockStat stat() const { return {codec, static_cast<std::uint32_t>(data->size())}; }
};

class BlockRegistry {
  public:
    BlockId put(Block block) {
        blocks_.push_back(std::move(block));
        return static_cast<BlockId>(blocks_.size());
    }
    /// Returns nullptr for an unknown handle.
    const Block* find(BlockId id) const {
        const bool is_known = id != kNoBlock && id <= blocks_.size();
        return is_known ? &blocks_[id - 1] : nullptr;
    }

  private:
    std::vector<Block> blocks_;
};

}  // namespace strata::vm
