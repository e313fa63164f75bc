#pragma once
// Stores blocks by CID. Implementations: MemoryBlockstore (here), RocksDB (store), the VM's buffered store (vm), the
// actors' view through the kernel (actors). An implementation says which threads may call it.
#include <map>
#include <span>

#include <strata/ipld/cbor.hpp>
#include <strata/ipld/cid.hpp>

namespace strata {

/// A block on its way from one place to another.
struct CarriedBlock {
    Cid cid;
    Bytes data;
};

class Blockstore {
  public:
    virtual ~Blockstore() = default;
    /// Returns the data of a block. Errors: missing_block, io.
    virtual Result<Bytes> get(const Cid& cid) = 0;
    virtual Result<bool> has(const Cid& cid) = 0;
    /// Stores `data` under its CIDv1 with blake2b-256 and returns that CID.
    virtual Result<Cid> put(Codec codec, BytesView data) = 0;
    /// Stores `data` under a CID that the caller has checked already.
    virtual Status put_block(const Cid& cid, BytesView data) = 0;
    /// Does the same for many blocks at once, which a store on disk does faster. After an error some may be stored.
    virtual Status put_blocks(std::span<const CarriedBlock> blocks) {
        for (const auto& [cid, data] : blocks) STRATA_OK(put_block(cid, data));
        return {};
    }
};

/// Keeps blocks in memory. Use it from one thread at a time.
class MemoryBlockstore final : public Blockstore {
  public:
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;
    const std::map<Cid, Bytes>& blocks() const { return blocks_; }

  private:
    std::map<Cid, Bytes> blocks_;
};

template <class T>
Result<T> get_cbor(Blockstore& store, const Cid& cid) {
    STRATA_TRY(const Bytes data, store.get(cid));
    return from_cbor<T>(data);
}
template <class T>
Result<Cid> put_cbor(Blockstore& store, const T& value) {
    return store.put(Codec::dag_cbor, to_cbor(value));
}

}  // namespace strata
