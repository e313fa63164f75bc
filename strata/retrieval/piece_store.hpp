#pragma once
// Keeps pieces for retrieval: the client's bytes before padding, with checksums, and an index of the blocks of those
// that are CARs. Thread-safe.
//
// A piece CID of version 1 does not fix the length of the data: bytes with and without zeros at the end have the same
// commitment (FRC-0069). So a piece is kept once, in the length that came first, and can be read in every length in
// which it was received.
//
// Records, by prefix:
//   pieces/PIECE              Piece
//   piece-sums/PIECE/PAGE     SHA-256 of each 256 KiB of the file, 1,024 to a page
//   piece-index/BLOCK/PIECE   where the block is in that piece; one for every piece that has it
//   piece-list/PIECE/PAGE     the BLOCKs of a piece
//   piece-pending/PIECE       empty; the piece was being added or removed, and is removed when the store opens
#include <filesystem>
#include <set>

#include <strata/base/byte_source.hpp>
#include <strata/base/mutex.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/store/key_value.hpp>
#include <strata/types/sector.hpp>

namespace strata::retrieval {

class PieceStore;

/// Reads the bytes of one piece and checks them against its checksums. The PieceStore must outlive the reader. For one
/// thread.
class PieceReader {
  public:
    /// Returns the number of data bytes in the piece, without padding.
    std::uint64_t size() const { return size_; }
    /// Copies the bytes that begin at `offset` to the front of `out`, and returns how many; 0 means the end.
    /// Errors: verification if the stored bytes are damaged; io.
    Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out);
    /// Returns a source of the `length` bytes that begin at `offset`.
    static ByteSource source(std::shared_ptr<PieceReader> reader, std::uint64_t offset, std::uint64_t length);

  private:
    friend class PieceStore;
    PieceReader(PieceStore& pieces, const Cid& piece, std::uint64_t file_size, std::uint64_t size)
        : pieces_(&pieces), piece_(piece), file_size_(file_size), size_(size) {}
    Status load_chunk(std::uint64_t index);

    PieceStore* pieces_;
    Cid piece_;
    std::uint64_t file_size_;  // bytes of the stored file
    std::uint64_t size_;       // the length in which the piece is read; zeros follow the file if it is shorter
    std::optional<std::uint64_t> chunk_index_, page_index_;
    Bytes chunk_, page_;
};

class PieceStore {
  public:
    /// Opens the store. Files are in `folder`, which is made if it is missing. Records of earlier versions are brought
    /// up to date; each piece that has such a record is read once for this. Errors: io; malformed records.
    static Result<std::unique_ptr<PieceStore>> open(std::filesystem::path folder, store::KeyValue& records);

    /// Reads exactly `size` bytes and stores the piece. The bytes must fit into the piece and have its commitment, even
    /// if the piece is here already; otherwise nothing is kept. A damaged piece is repaired. Errors: verification;
    /// too_large; truncated; busy while the same piece is being received or removed; io.
    Status add(const PieceInfo& piece, std::uint64_t size, const ByteSource& source);
    /// Removes a piece. Does nothing while the piece is being received, since a deal needs it.
    Status remove(const Cid& piece);

    struct Piece {
        std::uint64_t padded_size = 0;
        std::uint64_t size = 0;  // data bytes in the file: the length that came first
        bool is_car = false;
        std::vector<std::uint64_t> sizes;  // every length in which the piece was received, including `size`
        STRATA_CBOR_TUPLE(padded_size, size, is_car, sizes);
    };
    /// Returns the record of a piece; empty if the piece is not here.
    Result<std::optional<Piece>> find(const Cid& piece);
    /// Returns a reader of the piece in the length `size`, or without `size` in the length that came first. Empty if
    /// the piece is not here, or `size` is not among Piece::sizes. Errors: verification if the piece is known to be
    /// damaged; io.
    Result<std::optional<PieceReader>> read(const Cid& piece, std::optional<std::uint64_t> size = {});
    std::filesystem::path path_of(const Cid& piece) const;

    /// Returns the block `cid`, checked against its CID, from any piece that has it undamaged; empty if no piece has
    /// it. Errors: verification if all copies are damaged; io.
    Result<std::optional<Bytes>> find_block(const Cid& cid);
    /// Returns the blocks of all pieces, for reading only.
    Blockstore& blocks() { return blocks_; }

  private:
    friend class PieceReader;
    /// Where a block's bytes are.
    struct Place {
        Cid piece;
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        STRATA_CBOR_TUPLE(piece, offset, size);
    };
    class Blocks final : public Blockstore {
      public:
        explicit Blocks(PieceStore& pieces) : pieces_(pieces) {}
        Result<Bytes> get(const Cid& cid) override;
        Result<bool> has(const Cid& cid) override;
        Result<Cid> put(Codec codec, BytesView data) override;
        Status put_block(const Cid& cid, BytesView data) override;

      private:
        PieceStore& pieces_;
    };
    PieceStore(std::filesystem::path folder, store::KeyValue& records)
        : folder_(std::move(folder)), records_(records), blocks_(*this) {}
    Status take(const PieceInfo& piece, std::uint64_t size, const ByteSource& source);
    Status take_new(const PieceInfo& piece, std::uint64_t size, const ByteSource& source);
    Status repair(const PieceInfo& piece, std::uint64_t kept_size, std::uint64_t size, const ByteSource& source);
    Result<std::optional<Piece>> find_with_sums(const Cid& piece);
    Status accept(const PieceInfo& piece, std::uint64_t size, const std::vector<Bytes>& sums);
    Status write_sums(const Cid& piece, const std::vector<Bytes>& pages);
    Result<bool> write_index(const Cid& piece);
    Status erase(const Cid& piece);
    Status remove_pending();
    Status upgrade();
    Status upgrade(const Cid& piece, std::uint64_t padded_size, std::uint64_t size);
    Result<std::vector<Place>> places_of(const Cid& block);
    void note_damage(const Cid& piece, bool damaged) STRATA_EXCLUDES(mutex_);
    bool seems_undamaged(const Cid& piece, const Piece& record) STRATA_EXCLUDES(mutex_);

    const std::filesystem::path folder_;
    store::KeyValue& records_;
    Blocks blocks_;
    Mutex mutex_;
    std::set<Cid> busy_ STRATA_GUARDED_BY(mutex_);     // pieces that are being received or removed
    std::set<Cid> damaged_ STRATA_GUARDED_BY(mutex_);  // pieces found damaged since the store opened
};

}  // namespace strata::retrieval
