#pragma once
// Blocks of one side of a comparison, above the blocks of the start, which all sides and threads share.
#include <strata/ipld/blockstore.hpp>

namespace strata::differential {

/// Use it from one thread at a time. Nobody may change `base`, which must outlive the store.
class LayeredStore final : public Blockstore {
  public:
    explicit LayeredStore(const MemoryBlockstore& base) : base_(base.blocks()) {}

    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;

    /// The number of bytes above the base.
    std::size_t size() const { return size_; }
    /// Forgets all blocks above the base that no link from one of `roots` reaches.
    Status keep_only(const std::vector<Cid>& roots);

  private:
    const std::map<Cid, Bytes>& base_;
    std::map<Cid, Bytes> own_;
    std::size_t size_ = 0;
};

}  // namespace strata::differential
