#pragma once
// A set of CIDs in 16 bytes each: a flat table in which a CID is the first 16 bytes of its digest, mixed with its codec
// and hash function. To make the set confuse two blocks, an author must find two digests with the same first 128 bits.
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata {

/// Memory: a table of a power of two of places, at most four fifths of them in use: 2 GiB hold 107 million CIDs. While
/// it grows it has its old and its new table, so 3 GiB are needed to grow to 2 GiB. Use it from one thread at a time.
class CidSet {
  public:
    /// Inserts a CID; returns false if it was there already.
    bool insert(const Cid& cid);
    bool contains(const Cid& cid) const;
    std::size_t size() const { return size_ + (has_zero_ ? 1 : 0); }
    /// Returns the most bytes that the set has at one time if one more CID is inserted.
    std::uint64_t bytes_for_next() const;

  private:
    struct Key {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    static Key key_of(const Cid& cid);
    /// Returns the place of `key`, or the free place where it belongs.
    std::size_t place_of(const std::vector<Key>& table, const Key& key) const;
    bool must_grow() const { return (size_ + 1) * 5 > table_.size() * 4; }
    std::size_t next_size() const { return table_.empty() ? 64 : 2 * table_.size(); }
    void grow();

    std::vector<Key> table_;  // empty, or a power of two of places; a free place is zero
    std::size_t size_ = 0;
    bool has_zero_ = false;  // the key of zeros, which the table cannot hold
};

}  // namespace strata
