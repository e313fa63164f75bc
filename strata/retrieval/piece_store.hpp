#pragma once
// Pieces as a provider keeps them for retrieval: the client's bytes before padding, with an index of the blocks of
// those that are CARs. Thread-safe. Source: storage.md §13.
#include <filesystem>
#include <mutex>
#include <set>

#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/byte_source.hpp>
#include <strata/store/key_value.hpp>
#include <strata/types/sector.hpp>

namespace strata::retrieval {

class PieceStore {
  public:
    /// Files lie in `folder`, which is made if missing; records below "pieces/" and "piece-blocks/" of `records`.
    static Result<std::unique_ptr<PieceStore>> open(std::filesystem::path folder, store::KeyValue& records);

    /// Takes exactly `size` bytes, which must have the commitment and fit the piece. Nothing is kept otherwise.
    /// Errors: verification; too_large; truncated; busy while the same piece is being taken; io.
    Status add(const PieceInfo& piece, std::uint64_t size, const ByteSource& source);
    Status remove(const Cid& piece);

    struct Piece {
        std::uint64_t padded_size = 0;
        std::uint64_t size = 0;  // bytes before padding
        bool is_car = false;
        STRATA_CBOR_TUPLE(padded_size, size, is_car);
    };
    Result<std::optional<Piece>> find(const Cid& piece);
    std::filesystem::path path_of(const Cid& piece) const;

    /// The block `cid`, checked against it, wherever it lies; nothing if no piece has it.
    Result<std::optional<Bytes>> find_block(const Cid& cid);
    /// All blocks of all pieces; not for writing.
    Blockstore& blocks() { return blocks_; }

  private:
    // Where a block's bytes lie.
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
    Result<std::optional<Place>> place_of(const Cid& block);
    Result<std::vector<store::Write>> index_of(const Cid& piece, std::uint64_t size);

    std::filesystem::path folder_;
    store::KeyValue& records_;
    Blocks blocks_;
    std::mutex mutex_;
    std::set<Cid> arriving_;
};

}  // namespace strata::retrieval
