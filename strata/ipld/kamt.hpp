#pragma once
// A KAMT: the map of an EVM contract's storage, from 32-byte keys to 32-byte values. It is a HAMT whose keys are not
// hashed (width 5, buckets of one entry) and whose links skip the digits that all keys below share. Nodes are read when
// first needed and written by flush(). One thread at a time; the store must outlive the map. Source:
// docs/protocol/fvm.md §1.8; ref-fvm ipld/kamt. Errors: malformed for a node that does not have this form,
// missing_block.
#include <functional>
#include <memory>

#include <strata/ipld/blockstore.hpp>

namespace strata {

class Kamt {
  public:
    using Word = Hash256;  // big-endian; stored without leading zeros
    using Visit = std::function<Result<bool>(const Word& key, const Word& value)>;

    explicit Kamt(Blockstore& store);
    static Result<Kamt> load(Blockstore& store, const Cid& root);
    Kamt(Kamt&&) noexcept;
    Kamt& operator=(Kamt&&) noexcept;
    ~Kamt();

    Result<std::optional<Word>> get(const Word& key) const;
    /// Sets a value. Setting an equal value leaves the node clean.
    Status set(const Word& key, const Word& value);
    /// Removes a value; returns true if there was one.
    Result<bool> remove(const Word& key);
    Result<Cid> flush();
    /// Visits the entries in ascending order of their keys; stops early when `visit` returns false.
    Status for_each(const Visit& visit) const;
    bool empty() const;

  private:
    struct Node;
    struct Slot;
    struct Ops;
    Blockstore* store_;
    std::unique_ptr<Node> root_;
    Cid clean_root_;  // undefined if changed since the last flush
};

}  // namespace strata
