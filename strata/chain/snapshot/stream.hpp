#pragma once
// Reads a snapshot of any form from front to back: a CAR of version 1 or 2, plain or packed with zstd (the indexed form
// is one of these), with metadata or without. Source: docs/protocol/node.md §23.
#include <strata/chain/snapshot/metadata.hpp>
#include <strata/ipld/car.hpp>

namespace strata::chain {

class SnapshotStream {
  public:
    struct Options {
        /// The F3 data are handed on in pieces while the file is opened; if this is empty, they are read over.
        ByteSink f3;
    };
    /// Reads the header, the metadata and the F3 data. Memory, for as long as the file is read: one block, and what the
    /// unpacking needs. Errors, with the name of the file: not_found, io; those of CarReader and unpacking_source();
    /// malformed without roots.
    static Result<SnapshotStream> open(const std::filesystem::path& path, Options options);

    /// The blocks of the head.
    const std::vector<Cid>& head() const { return metadata_.head; }
    /// 1, or 2 if the file has metadata.
    unsigned version() const { return version_; }
    const std::optional<Cid>& f3() const { return metadata_.f3; }
    std::uint64_t f3_bytes() const { return f3_bytes_; }
    bool is_packed() const { return is_packed_; }
    std::uint64_t file_size() const { return file_->size(); }

    /// Reads the next block of the chain, as CarReader::next(); metadata and F3 data are not among them. Errors: also
    /// unsupported for a block with a hash function that is not blake2b-256 or sha2-256, since it cannot be checked.
    Result<bool> next(CarBlock& block);
    /// Returns the place, in the unpacked file, at which the next block begins.
    std::uint64_t position() const { return has_first_ ? first_position_ : reader_.position(); }
    /// Moves to such a place: at once in a plain file; a packed one is unpacked up to there.
    Status skip_to(std::uint64_t position);
    /// The part of the file that was read, 0 to 1.
    double done() const;

  private:
    SnapshotStream(std::shared_ptr<const RandomFile> file, std::shared_ptr<std::uint64_t> at, CarReader reader,
                   bool is_packed)
        : file_(std::move(file)), at_(std::move(at)), reader_(std::move(reader)), is_packed_(is_packed) {}
    Status read_front(const Options& options);

    std::shared_ptr<const RandomFile> file_;
    std::shared_ptr<std::uint64_t> at_;  // the place in the file at which it is read next
    CarReader reader_;
    bool is_packed_;
    unsigned version_ = 1;
    SnapshotMetadata metadata_;
    std::uint64_t f3_bytes_ = 0;
    // The first block, if it is one of the chain: it was read to see whether it has the metadata.
    bool has_first_ = false;
    std::uint64_t first_position_ = 0;
    CarBlock first_;
};

}  // namespace strata::chain
