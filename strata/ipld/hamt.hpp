#pragma once
// A HAMT v3: the map of actor state (and v2, which actors wrote before v3: genesis states). `Hamt` works on bytes,
// `HamtMap` below on typed keys and values. Nodes are read when first needed and written by flush(). One thread at a
// time; the store must outlive the map. Source: docs/protocol/fvm.md §1.6; ref-fvm ipld/hamt. Errors: malformed for a
// node that breaks the load-time rules, missing_block, too_large at the maximum depth.
#include <functional>
#include <memory>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/key.hpp>

namespace strata {

class Hamt {
  public:
    using Visit = std::function<Result<bool>(BytesView key, BytesView value)>;

    /// The version of the encoding. v2 writes a pointer as a map of one entry, "0" for a link and "1" for a bucket; v3
    /// writes it without the map.
    enum class Version { v2, v3 };

    /// Makes an empty map. `bit_width` is 1..8. `normalise` re-encodes each value of a changed node.
    explicit Hamt(Blockstore& store, unsigned bit_width, Reencode normalise = nullptr, Version version = Version::v3);
    static Result<Hamt> load(Blockstore& store, const Cid& root, unsigned bit_width, Reencode normalise = nullptr,
                             Version version = Version::v3);
    Hamt(Hamt&&) noexcept;
    Hamt& operator=(Hamt&&) noexcept;
    ~Hamt();

    Result<std::optional<Bytes>> get(BytesView key) const;
    /// Sets a value, which is one CBOR item. Setting an equal value leaves the node clean.
    Status set(BytesView key, Bytes value);
    /// Sets a value unless the key is there; returns false and changes nothing in that case.
    Result<bool> set_if_absent(BytesView key, Bytes value);
    /// Removes a key and returns its value; empty if there was none.
    Result<std::optional<Bytes>> remove(BytesView key);
    /// Writes the changed nodes and returns the root.
    Result<Cid> flush();
    /// Visits all entries in the order of the tree (by hash); stops early when `visit` returns false.
    Status for_each(const Visit& visit) const;
    bool empty() const;

  private:
    struct Node;
    struct Pointer;
    struct Child;
    struct Ops;
    template <class K, class V>
    friend class HamtMap;

    /// Returns the value of a key, or null. It stays where it is until the map changes.
    Result<const Bytes*> find(BytesView key) const;

    Blockstore* store_;
    unsigned bit_width_;
    Reencode normalise_;
    Version version_;
    std::unique_ptr<Node> root_;
    Cid clean_root_;  // undefined if changed since the last flush
};

/// The value of a set's members, which is encoded as CBOR null.
struct Unit {
    static void to_cbor(CborWriter& w) { w.null(); }
    static Result<Unit> read_cbor(CborReader& r) {
        STRATA_OK(r.null());
        return Unit{};
    }
};

/// A typed map. Keys may be std::uint64_t (LEB128), std::int64_t (zig-zag), Bytes, Cid, Address and pairs of them
/// (ipld/key.hpp).
template <class K, class V>
class HamtMap {
  public:
    explicit HamtMap(Blockstore& store, unsigned bit_width = 5) : hamt_(store, bit_width, reencode<V>) {}
    static Result<HamtMap> load(Blockstore& store, const Cid& root, unsigned bit_width = 5) {
        STRATA_TRY(auto hamt, Hamt::load(store, root, bit_width, reencode<V>));
        return HamtMap(std::move(hamt));
    }
    static Result<Cid> empty_root(Blockstore& store, unsigned bit_width = 5) {
        return HamtMap(store, bit_width).flush();
    }

    Result<std::optional<V>> get(const K& key) const {
        STRATA_TRY(const Bytes* const raw, hamt_.find(KeyCodec<K>::encode(key)));
        if (raw == nullptr) return std::optional<V>{};
        STRATA_TRY(auto value, from_cbor<V>(*raw));
        return std::optional<V>(std::move(value));
    }
    Result<bool> contains(const K& key) const {
        STRATA_TRY(const Bytes* const raw, hamt_.find(KeyCodec<K>::encode(key)));
        return raw != nullptr;
    }
    Status set(const K& key, const V& value) { return hamt_.set(KeyCodec<K>::encode(key), to_cbor(value)); }
    Result<bool> set_if_absent(const K& key, const V& value) {
        return hamt_.set_if_absent(KeyCodec<K>::encode(key), to_cbor(value));
    }
    Result<std::optional<V>> remove(const K& key) {
        STRATA_TRY(const auto raw, hamt_.remove(KeyCodec<K>::encode(key)));
        if (!raw) return std::optional<V>{};
        STRATA_TRY(auto value, from_cbor<V>(*raw));
        return std::optional<V>(std::move(value));
    }
    Result<Cid> flush() { return hamt_.flush(); }
    bool empty() const { return hamt_.empty(); }
    /// Visits all entries: visit(key, value) -> Status.
    template <class F>
    Status for_each(F visit) const {
        return hamt_.for_each([&](BytesView key, BytesView value) -> Result<bool> {
            STRATA_TRY(const K typed_key, KeyCodec<K>::decode(key));
            STRATA_TRY(const V typed_value, from_cbor<V>(value));
            STRATA_OK(visit(typed_key, typed_value));
            return true;
        });
    }

  private:
    explicit HamtMap(Hamt hamt) : hamt_(std::move(hamt)) {}
    Hamt hamt_;
};

template <class K>
using HamtSet = HamtMap<K, Unit>;

}  // namespace strata
