#pragma once
// A store over one that is only read, such as a snapshot in place (ipld/indexed_car.hpp). As thread-safe as both.
#include <strata/ipld/blockstore.hpp>

namespace strata {

class LayeredBlockstore final : public Blockstore {
  public:
    /// Both must outlive the object. Nothing is ever written to `below`.
    LayeredBlockstore(Blockstore& top, Blockstore& below) : top_(top), below_(below) {}

    /// Errors: missing_block only if neither store has the block.
    Result<Bytes> get(const Cid& cid) override {
        auto found = top_.get(cid);
        if (found || found.error().code() != Errc::missing_block) return found;
        return below_.get(cid);
    }
    Result<bool> has(const Cid& cid) override {
        STRATA_TRY(const bool here, top_.has(cid));
        if (here) return true;
        return below_.has(cid);
    }
    Result<Cid> put(Codec codec, BytesView data) override { return top_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return top_.put_block(cid, data); }
    Status put_blocks(std::span<const CarriedBlock> blocks) override { return top_.put_blocks(blocks); }

  private:
    Blockstore& top_;
    Blockstore& below_;
};

}  // namespace strata
