#pragma once
// A set of 64-bit numbers as sorted half-open ranges, stored as RLE+ (docs/protocol/fvm.md §1.9; ref-fvm
// ipld/bitfield). All operations are linear in the number of ranges. Threads may share a set that none of them changes.
#include <initializer_list>

#include <strata/ipld/cbor.hpp>

namespace strata {

class BitField {
  public:
    struct Range {
        std::uint64_t begin;
        std::uint64_t end;  // exclusive
        friend bool operator==(const Range&, const Range&) = default;
    };

    BitField() = default;
    BitField(std::initializer_list<std::uint64_t> positions);
    static BitField of(std::vector<std::uint64_t> positions);  // any order, repeats allowed
    static BitField range(std::uint64_t begin, std::uint64_t end);
    static BitField from_ranges(const std::vector<Range>& sorted_disjoint);

    /// Decodes RLE+. Errors: malformed, non_canonical, too_large (more than 32 KiB), out_of_range.
    static Result<BitField> decode(BytesView rle_plus);
    Bytes to_rle_plus() const;
    void to_cbor(CborWriter& w) const { w.bytes(to_rle_plus()); }
    static Result<BitField> read_cbor(CborReader& r);

    bool empty() const { return ranges_.empty(); }
    std::uint64_t count() const;
    bool contains(std::uint64_t position) const;
    std::optional<std::uint64_t> first() const;
    std::optional<std::uint64_t> last() const;
    const std::vector<Range>& ranges() const { return ranges_; }
    /// Returns all positions in ascending order. Errors: too_large if there are more than `limit`.
    Result<std::vector<std::uint64_t>> positions(std::uint64_t limit) const;

    void set(std::uint64_t position);
    void unset(std::uint64_t position);
    BitField& operator|=(const BitField& other);
    BitField& operator-=(const BitField& other);
    BitField& operator&=(const BitField& other);
    friend BitField operator|(BitField a, const BitField& b) { return std::move(a |= b); }
    friend BitField operator-(BitField a, const BitField& b) { return std::move(a -= b); }
    friend BitField operator&(BitField a, const BitField& b) { return std::move(a &= b); }
    bool contains_all(const BitField& other) const;
    bool contains_any(const BitField& other) const;
    /// Removes the positions of `other` and closes up the gaps.
    BitField cut(const BitField& other) const;
    /// Skips the lowest `start` positions of this set and returns the next `count`. Error: out_of_range if there are
    /// fewer.
    Result<BitField> slice(std::uint64_t start, std::uint64_t count) const;
    friend bool operator==(const BitField&, const BitField&) = default;

  private:
    std::vector<Range> ranges_;
};

}  // namespace strata
