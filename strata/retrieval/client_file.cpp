#include <strata/retrieval/client_file.hpp>

#include <strata/base/file_writer.hpp>
#include <strata/ipld/car.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/types/piece.hpp>

namespace strata::retrieval {
namespace {

/// A CAR has this beside the data of its only block: the header that names one root, and the section's length and CID.
constexpr std::size_t kCarOverhead = 59 + 5 + 36;
/// A link takes at most this in a node: a CID of 36 bytes, two sizes, and the numbers of their fields; and what a node
/// has beside its links.
constexpr std::size_t kLinkSize = 72, kNodeRest = 32;
/// Smaller pieces have no room for a node with a useful number of links.
constexpr std::uint64_t kLeastCut = 1024;

// Writes sections into CARs and begins a new CAR whenever the next section would not fit. The piece commitment is
// computed along the way, so that no CAR is read a second time.
class CarSplitter {
  public:
    CarSplitter(std::filesystem::path folder, std::uint64_t capacity, const Cid& root)
        : folder_(std::move(folder)), capacity_(capacity), header_(car_header({root})) {}

    Status add(const Cid& cid, BytesView block) {
        const Bytes section = car_section(cid, block);
        if (header_.size() + section.size() > capacity_)
            return fail(Errc::too_large,
                        "a block of " + std::to_string(block.size()) + " bytes does not fit into a piece that holds " +
                            std::to_string(capacity_) + " bytes; choose a larger piece or sector size");
        if (writer_ && writer_->size() + section.size() > capacity_) STRATA_OK(close());
        if (!writer_) STRATA_OK(open());
        return write(section);
    }

    Status close() {
        const std::uint64_t size = writer_->size();
        STRATA_OK(writer_->commit());
        writer_.reset();
        STRATA_TRY(const auto piece, commitment_.finish());
        commitment_ = {};
        pieces_.push_back({{piece.padded_size, proofs::piece_cid(piece.commitment)}, size, path_});
        return {};
    }
    std::vector<CarPiece> take() { return std::move(pieces_); }

  private:
    Status open() {
        path_ = folder_ / ("piece-" + std::to_string(pieces_.size()) + ".car");
        STRATA_TRY(auto writer, FileWriter::create(path_));
        writer_.emplace(std::move(writer));
        return write(header_);
    }
    Status write(BytesView bytes) {
        commitment_.update(bytes);
        return writer_->write(bytes);
    }

    std::filesystem::path folder_;
    std::uint64_t capacity_;
    Bytes header_;
    std::filesystem::path path_;
    std::optional<FileWriter> writer_;
    proofs::PieceCommitter commitment_;
    std::vector<CarPiece> pieces_;
};

}  // namespace

UnixFsShape shape_for(std::uint64_t max_padded) {
    const auto capacity = piece_capacity(max_padded);
    if (capacity >= kUnixFsChunk + kCarOverhead || max_padded < kLeastCut) return {};
    const auto block = static_cast<std::size_t>(capacity) - kCarOverhead;
    return {block, std::min(kUnixFsLinks, (block - kNodeRest) / kLinkSize)};
}

Result<ClientFile> prepare_file(const std::filesystem::path& file, Blockstore& blocks,
                                const std::filesystem::path& folder, std::uint64_t max_padded) {
    // A device may never end, and a folder is not a file. A missing file is left to file_source(), which says so.
    std::error_code error;
    if (const auto status = std::filesystem::status(file, error);
        std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return fail(Errc::invalid_argument, file.string() + " is not a regular file; name a file that has the data");
    STRATA_TRY(const auto source, file_source(file));
    ClientFile out;
    STRATA_TRY(out.dag, import_file(source, blocks, shape_for(max_padded)));
    CarSplitter cars(folder, piece_capacity(max_padded), out.dag.root);
    STRATA_OK(walk_dag(blocks, out.dag.root, [&](const Cid& cid, BytesView block) { return cars.add(cid, block); }));
    STRATA_OK(cars.close());
    out.pieces = cars.take();
    return out;
}

}  // namespace strata::retrieval
