#pragma once
// The index inside a `.forest.car.zst`: a table from hashes of CIDs to the offsets of the zstd frames that hold them,
// in which entries are sorted by hash and each stands at or after the place that its hash asks for. Source: forest
// src/db/car/forest/index/{mod,hash}.rs; docs/formats/snapshot.md.
#include <vector>

#include <strata/base/random_file.hpp>
#include <strata/ipld/cid.hpp>

namespace strata {

/// One entry of the table. The hash is never UINT64_MAX, which marks a free place.
struct CarIndexEntry {
    std::uint64_t hash = 0;
    std::uint64_t frame = 0;  // offset in the file
    friend auto operator<=>(const CarIndexEntry&, const CarIndexEntry&) = default;
};

/// Returns the codec, the hash function and all words of 8 bytes of the digest, combined by exclusive or.
std::uint64_t car_index_hash(const Cid& cid);
/// Returns the place that a hash asks for in a table of `buckets` places.
std::uint64_t car_index_place(std::uint64_t hash, std::uint64_t buckets);

/// The size of an index frame if the whole index is too long for the 32 bits of one frame's length. Forest's is
/// the same.
inline constexpr std::uint64_t kCarIndexFrame = std::uint64_t{512} << 20;

/// Writes the index in skippable frames. Sorts `entries` in place; entries that are equal are written once. An index of
/// at most `single_frame` bytes is one frame; a longer one is cut after at least `frame` bytes. Errors: those of
/// `write`.
Status write_car_index(std::span<CarIndexEntry> entries, const ByteSink& write, std::uint64_t single_frame = UINT32_MAX,
                       std::uint64_t frame = kCarIndexFrame);

/// Looks entries up in a file. Thread-safe.
class CarIndex {
  public:
    /// Reads the heads of the index in the bytes from `begin` to `end`. Errors: malformed, unsupported (version),
    /// too_large, those of the file.
    static Result<CarIndex> open(std::shared_ptr<const RandomFile> file, std::uint64_t begin, std::uint64_t end);
    /// Returns the offsets of the frames that may hold the block: a different CID may have the same hash.
    Result<std::vector<std::uint64_t>> find(const Cid& cid) const;
    /// Returns the number of entries, as the size of the table tells it.
    std::uint64_t entries() const;

  private:
    // A skippable frame's content: `size` bytes of the index from its byte `from` on stand at `offset` of the file.
    struct Part {
        std::uint64_t from = 0;
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    explicit CarIndex(std::shared_ptr<const RandomFile> file) : file_(std::move(file)) {}
    Status read_head();
    /// Fills the buffer from byte `from` of the index. Errors: truncated.
    Status read(std::uint64_t from, std::span<std::uint8_t> buffer) const;

    std::shared_ptr<const RandomFile> file_;
    std::vector<Part> parts_;
    std::uint64_t size_ = 0;  // of the index, without the heads of its frames
    std::uint64_t places_ = 0;
    std::uint64_t buckets_ = 0;
    std::uint64_t longest_ = 0;  // the largest distance of an entry from the place that its hash asks for
};

}  // namespace strata
