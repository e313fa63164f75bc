#include <strata/ipld/indexed_car_writer.hpp>

#include <zstd.h>

#include <cerrno>

#include <strata/base/mapped_file.hpp>
#include <strata/ipld/indexed_car.hpp>

namespace strata {
namespace {

// A frame ends once its packed form is longer. Source: DEFAULT_FOREST_CAR_FRAME_SIZE.
constexpr std::size_t kFrameBytes = 8192;
// A frame also ends when its content is this long, since a reader unpacks all of it. Only blocks that pack a thousand
// times smaller come to this, and a reader does not mind.
constexpr std::uint64_t kFrameContent = IndexedCar::kMaxFrame / 4;
constexpr std::size_t kPiece = std::size_t{1} << 17;

}  // namespace

Status CarIndexBuilder::add(const CarIndexEntry& entry) {
    entries_.push_back(entry);
    return entries_.size() < kInMemory ? Status{} : spill();
}

Status CarIndexBuilder::spill() {
    if (!file_) {
        STRATA_TRY(auto file, UnfinishedFile::create(beside_.string() + ".index"));
        file_ = std::move(file);
    }
    BytesView rest(reinterpret_cast<const std::uint8_t*>(entries_.data()), entries_.size() * sizeof(CarIndexEntry));
    while (!rest.empty()) {
        std::size_t written = 0;
        const int cause = Disk::current().write(file_->descriptor(), rest, written);
        if (cause != 0 && cause != EINTR) return file_error("write", unfinished_path(file_->path()), cause);
        rest = rest.subspan(written);
    }
    entries_.clear();
    return {};
}

Status CarIndexBuilder::write(const ByteSink& write) {
    if (!file_) return write_car_index(entries_, write);
    STRATA_OK(spill());
    STRATA_TRY(auto mapped, MappedFile::open_writable(unfinished_path(file_->path())));
    const auto bytes = mapped.writable();
    return write_car_index({reinterpret_cast<CarIndexEntry*>(bytes.data()), bytes.size() / sizeof(CarIndexEntry)},
                           write);
}

/// Packs the content of one frame after the other.
struct IndexedCarWriter::Packer {
    explicit Packer(int level) : context(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
        ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    }

    Status pack(BytesView data, ZSTD_EndDirective directive) {
        ZSTD_inBuffer in{data.data(), data.size(), 0};
        content += data.size();
        for (;;) {
            const auto at = packed.size();
            packed.resize(at + kPiece);
            ZSTD_outBuffer out{packed.data() + at, kPiece, 0};
            const auto left = ZSTD_compressStream2(context.get(), &out, &in, directive);
            packed.resize(at + out.pos);
            if (ZSTD_isError(left) != 0)
                return fail(Errc::internal, std::string("zstd cannot pack a block: ") + ZSTD_getErrorName(left));
            const bool done = directive == ZSTD_e_continue ? in.pos == in.size : left == 0;
            if (done) return {};
        }
    }

    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context;
    Bytes packed;               // of the present frame, as far as it is not written yet
    std::uint64_t content = 0;  // bytes of the present frame before packing
};

IndexedCarWriter::IndexedCarWriter(ByteSink write, Options options)
    : write_(std::move(write)), index_(std::move(options.beside)), packer_(std::make_unique<Packer>(options.level)) {}
IndexedCarWriter::~IndexedCarWriter() = default;

Result<std::unique_ptr<IndexedCarWriter>> IndexedCarWriter::begin(ByteSink write, const std::vector<Cid>& roots,
                                                                  Options options) {
    std::unique_ptr<IndexedCarWriter> out(new IndexedCarWriter(std::move(write), std::move(options)));
    STRATA_OK(out->packer_->pack(car_header(roots), ZSTD_e_continue));
    STRATA_OK(out->end_frame());
    return out;
}

Status IndexedCarWriter::end_frame() {
    STRATA_OK(packer_->pack({}, ZSTD_e_end));
    STRATA_OK(write_(packer_->packed));
    offset_ += packer_->packed.size();
    packer_->packed.clear();
    packer_->content = 0;
    is_empty_ = true;
    return {};
}

Status IndexedCarWriter::put(const Cid& cid, BytesView data) {
    STRATA_OK(packer_->pack(car_section_head(cid, data.size()), ZSTD_e_continue));
    STRATA_OK(packer_->pack(data, ZSTD_e_flush));
    is_empty_ = false;
    STRATA_OK(index_.add({.hash = car_index_hash(cid), .frame = offset_}));
    if (packer_->packed.size() > kFrameBytes || packer_->content > kFrameContent) return end_frame();
    return {};
}

Status IndexedCarWriter::put_alone(const Cid& cid, std::uint64_t size, const ByteSource& data) {
    if (!is_empty_) STRATA_OK(end_frame());
    STRATA_OK(packer_->pack(car_section_head(cid, size), ZSTD_e_continue));
    STRATA_OK(index_.add({.hash = car_index_hash(cid), .frame = offset_}));
    Bytes piece(kPiece);
    for (;;) {
        STRATA_TRY(const auto got, data(piece));
        if (got == 0) break;
        STRATA_OK(packer_->pack(BytesView(piece).first(got), ZSTD_e_continue));
        // The frame may be long, so what is packed is written at once.
        STRATA_OK(write_(packer_->packed));
        offset_ += packer_->packed.size();
        packer_->packed.clear();
    }
    return end_frame();
}

Status IndexedCarWriter::finish() {
    if (!is_empty_) STRATA_OK(end_frame());
    STRATA_OK(index_.write(write_));
    ByteArray<16> footer{0x50, 0x2a, 0x4d, 0x18, 8};
    store_le(footer.data() + 8, offset_ + 8);
    return write_(footer);
}

}  // namespace strata
