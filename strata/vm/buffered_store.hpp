#pragma once
// Blocks that actors write stay in memory until the state root is known; then only what it reaches goes to the base
// store. One thread. Source: fvm.md §2.6.
#include <strata/ipld/blockstore.hpp>

namespace strata::vm {

class BufferedStore final : public Blockstore {
  public:
    explicit BufferedStore(Blockstore& base) : base_(base) {}
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;
    /// Writes the new blocks reachable from `root`, children first, and forgets the rest.
    Status flush(const Cid& root);

  private:
    Status write_reachable(const Cid& cid);
    Blockstore& base_;
    std::map<Cid, Bytes> pending_;
};

}  // namespace strata::vm
