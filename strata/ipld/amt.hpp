#pragma once
// An AMT, v3 or v0: the sparse array of actor state. `Amt` works on bytes, `AmtArray` below on typed values. Nodes are
// read when first needed and written by flush(). One thread at a time; the store must outlive the array. Source:
// docs/protocol/fvm.md §1.7; ref-fvm ipld/amt. Errors: out_of_range for an index above 2^64-2, malformed,
// missing_block.
#include <functional>
#include <memory>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata {

class Amt {
  public:
    /// The version of the encoding. v0 has bit width 3 and no width in its root; lists of messages and receipts use it.
    enum class Version { v0, v3 };
    using Visit = std::function<Result<bool>(std::uint64_t index, BytesView value)>;

    /// Makes an empty array. `bit_width` is 1..8 (3 for v0).
    explicit Amt(Blockstore& store, unsigned bit_width, Version version = Version::v3, Reencode normalise = nullptr);
    /// Loads an array. If `bit_width` is 0, v3 may have any width; otherwise the stored width must be `bit_width`.
    static Result<Amt> load(Blockstore& store, const Cid& root, unsigned bit_width, Version version = Version::v3,
                            Reencode normalise = nullptr);
    Amt(Amt&&) noexcept;
    Amt& operator=(Amt&&) noexcept;
    ~Amt();

    Result<std::optional<Bytes>> get(std::uint64_t index) const;
    Status set(std::uint64_t index, Bytes value);
    /// Removes a value; returns true if there was one.
    Result<bool> remove(std::uint64_t index);
    Result<Cid> flush();
    std::uint64_t count() const;
    unsigned height() const;
    /// Visits the values with an index of at least `start` in ascending order; stops early when `visit` returns false.
    Status for_each(const Visit& visit, std::uint64_t start = 0) const;

  private:
    struct Node;
    struct Ops;
    template <class V>
    friend class AmtArray;

    /// Returns the value at an index, or null. It stays where it is until the array changes.
    Result<const Bytes*> find(std::uint64_t index) const;

    Blockstore* store_;
    unsigned bit_width_;
    Version version_;
    Reencode normalise_;
    unsigned height_ = 0;
    std::uint64_t count_ = 0;
    std::unique_ptr<Node> root_;
    Cid clean_root_;  // undefined if changed since the last flush
};

template <class V>
class AmtArray {
  public:
    explicit AmtArray(Blockstore& store, unsigned bit_width, Amt::Version version = Amt::Version::v3)
        : amt_(store, bit_width, version, reencode<V>) {}
    static Result<AmtArray> load(Blockstore& store, const Cid& root, unsigned bit_width,
                                 Amt::Version version = Amt::Version::v3) {
        STRATA_TRY(auto amt, Amt::load(store, root, bit_width, version, reencode<V>));
        return AmtArray(std::move(amt));
    }
    static Result<Cid> empty_root(Blockstore& store, unsigned bit_width) { return AmtArray(store, bit_width).flush(); }

    Result<std::optional<V>> get(std::uint64_t index) const {
        STRATA_TRY(const Bytes* const raw, amt_.find(index));
        if (raw == nullptr) return std::optional<V>{};
        STRATA_TRY(auto value, from_cbor<V>(*raw));
        return std::optional<V>(std::move(value));
    }
    Status set(std::uint64_t index, const V& value) { return amt_.set(index, to_cbor(value)); }
    /// Appends a value to an array without gaps, at index count().
    Status push(const V& value) { return set(count(), value); }
    Result<bool> remove(std::uint64_t index) { return amt_.remove(index); }
    Result<Cid> flush() { return amt_.flush(); }
    std::uint64_t count() const { return amt_.count(); }
    /// Visits all values: visit(index, value) -> Status.
    template <class F>
    Status for_each(F visit) const {
        return amt_.for_each([&](std::uint64_t index, BytesView value) -> Result<bool> {
            STRATA_TRY(const V typed, from_cbor<V>(value));
            STRATA_OK(visit(index, typed));
            return true;
        });
    }
    /// Visits values until `visit` returns false: visit(index, value) -> Result<bool>.
    template <class F>
    Status for_each_while(F visit, std::uint64_t start = 0) const {
        return amt_.for_each(
            [&](std::uint64_t index, BytesView value) -> Result<bool> {
                STRATA_TRY(const V typed, from_cbor<V>(value));
                return visit(index, typed);
            },
            start);
    }

  private:
    explicit AmtArray(Amt amt) : amt_(std::move(amt)) {}
    Amt amt_;
};

}  // namespace strata
