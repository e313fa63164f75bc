#pragma once
// Keeps in memory the blocks that actors write, until the state root is known; then only the blocks that the root
// reaches go to the base store. Use it from one thread. Source: docs/protocol/fvm.md §2.6.
#include <strata/ipld/blockstore.hpp>

namespace strata::vm {

class BufferedStore final : public Blockstore {
  public:
    explicit BufferedStore(Blockstore& base) : base_(base) {}
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;
    /// Writes the new blocks that are reachable from `root`, children first, and drops the rest. A block that is not
    /// new counts as stored, with everything that it reaches. After an error, `root` is not in the base
    /// store (but some of its children may be), and this store must not be used any more.
    Status flush(const Cid& root);

  private:
    struct Step;
    Result<std::optional<Step>> take(const Cid& cid);
    Blockstore& base_;
    std::map<Cid, Bytes> pending_;
};

}  // namespace strata::vm
