#include <strata/ipld/indexed_car.hpp>

#include <zstd.h>

#include <strata/base/unpack.hpp>
#include <strata/base/varint.hpp>

namespace strata {
namespace {

// The footer: a skippable frame (magic, length 8) with the offset of the index's content.
constexpr ByteArray<8> kFooterHead{0x50, 0x2a, 0x4d, 0x18, 8, 0, 0, 0};
constexpr std::uint64_t kFooter = 16;
constexpr std::uint64_t kFrameHead = 8;
// Most frames have about 8 KiB, so one read gets all of them.
constexpr std::size_t kFirstRead = std::size_t{12} << 10;
constexpr std::size_t kFirstContent = std::size_t{64} << 10;

// Returns the offset of the index's first frame, or empty if the file does not end as one with an index does.
Result<std::optional<std::uint64_t>> index_begin(const RandomFile& file) {
    if (file.size() < kFooter) return std::optional<std::uint64_t>();
    ByteArray<kFooter> footer{};
    STRATA_TRY(const auto got, file.read(file.size() - kFooter, footer));
    const auto content = load_le<std::uint64_t>(footer.data() + kFooterHead.size());
    if (got != kFooter || !equal(BytesView(footer).first(kFooterHead.size()), kFooterHead) || content < kFrameHead ||
        content - kFrameHead > file.size() - kFooter)
        return std::optional<std::uint64_t>();
    return std::optional(content - kFrameHead);
}

// Finds a block among the sections of a frame.
Result<std::optional<BytesView>> find_section(BytesView frame, const Cid& cid) {
    const auto id = cid.bytes();
    while (!frame.empty()) {
        STRATA_TRY(const auto size, take_uvarint(frame));
        if (size > frame.size()) return fail(Errc::truncated, "a frame ends inside a section");
        const auto section = frame.first(size);
        frame = frame.subspan(size);
        if (section.size() >= id.size() && equal(section.first(id.size()), id))
            return std::optional(section.subspan(id.size()));
    }
    return std::optional<BytesView>();
}

}  // namespace

/// Unpacks frames. It keeps its buffers from one frame to the next, so idle ones are kept.
struct IndexedCar::Unpacker {
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

IndexedCar::IndexedCar(std::shared_ptr<const RandomFile> file, CarIndex index, std::uint64_t cache_bytes)
    : file_(std::move(file)), index_(std::move(index)), cache_bytes_(cache_bytes) {}
IndexedCar::~IndexedCar() = default;

std::unique_ptr<IndexedCar::Unpacker> IndexedCar::take_unpacker() {
    const Lock lock(mutex_);
    if (idle_.empty()) return std::make_unique<Unpacker>();
    auto out = std::move(idle_.back());
    idle_.pop_back();
    return out;
}

Result<bool> IndexedCar::has_index(const std::filesystem::path& path) {
    STRATA_TRY(const auto file, RandomFile::open(path));
    STRATA_TRY(const auto begin, index_begin(file));
    return begin.has_value();
}

Result<std::unique_ptr<IndexedCar>> IndexedCar::open(const std::filesystem::path& path, std::uint64_t cache_bytes) {
    STRATA_TRY(auto opened, RandomFile::open(path));
    const auto file = std::make_shared<const RandomFile>(std::move(opened));
    STRATA_TRY(const auto begin, index_begin(*file));
    if (!begin)
        return fail(Errc::malformed, path.string() +
                                         " has no index at its end, expected a snapshot in the indexed form (a name "
                                         "such as NAME.forest.car.zst); `strata chain import` reads the other forms");
    auto index = CarIndex::open(file, *begin, file->size() - kFooter);
    if (!index) return std::move(index).error().with_context(path.string());
    std::unique_ptr<IndexedCar> out(new IndexedCar(file, std::move(*index), cache_bytes));
    // The header has a frame of its own, so it can be read alone.
    auto source = unpacking_source(out->source_of_frame(0));
    if (!source) return std::move(source).error().with_context(path.string());
    auto reader = CarReader::open(std::move(*source));
    if (!reader) return std::move(reader).error().with_context(path.string());
    out->header_ = reader->header();
    return out;
}

Error IndexedCar::damaged(std::string_view what) const {
    return fail(Errc::io, "the snapshot " + file_->path().filename().string() + " is damaged: " + std::string(what) +
                              "; put an intact copy in its place");
}

// Reads on from a frame; the reader takes no more of it than it needs.
ByteSource IndexedCar::source_of_frame(std::uint64_t offset) const {
    return source_at(file_, std::make_shared<std::uint64_t>(offset));
}

Result<Bytes> IndexedCar::read_frame(std::uint64_t offset) {
    if (offset >= file_->size()) return damaged("its index names a place behind its end");
    Bytes packed;
    std::size_t size = 0;
    for (std::size_t wanted = kFirstRead;; wanted *= 4) {
        packed.resize(wanted);
        STRATA_TRY(const auto got, file_->read(offset, packed));
        size = ZSTD_findFrameCompressedSize(packed.data(), got);
        if (ZSTD_isError(size) == 0) break;
        if (got < wanted) return damaged("a frame is not of zstd or ends too early");
        if (wanted >= kMaxFrame) return damaged("a frame is longer than expected");
    }
    packed.resize(size);
    auto unpacker = take_unpacker();
    auto content = unpack_frame(packed, *unpacker);
    const Lock lock(mutex_);
    idle_.push_back(std::move(unpacker));
    return content;
}

// The content grows while it is unpacked, since a frame does not say how long it is.
Result<Bytes> IndexedCar::unpack_frame(BytesView packed, Unpacker& unpacker) const {
    auto* const context = unpacker.context.get();
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
    Bytes content(kFirstContent);
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{content.data(), content.size(), 0};
    for (;;) {
        const auto left = ZSTD_decompressStream(context, &out, &in);
        if (ZSTD_isError(left) != 0)
            return damaged(std::string("a frame cannot be unpacked: ") + ZSTD_getErrorName(left));
        if (left == 0) break;
        if (out.pos < out.size) return damaged("a frame ends too early");
        if (out.size >= kMaxFrame) return damaged("the content of a frame is longer than expected");
        content.resize(content.size() * 2);
        out.dst = content.data();
        out.size = content.size();
    }
    content.resize(out.pos);
    content.shrink_to_fit();
    return content;
}

Result<IndexedCar::Frame> IndexedCar::frame_at(std::uint64_t offset) {
    {
        const Lock lock(mutex_);
        if (const auto it = places_.find(offset); it != places_.end()) {
            cached_.splice(cached_.begin(), cached_, it->second);
            return it->second->second;
        }
    }
    STRATA_TRY(auto bytes, read_frame(offset));
    auto frame = std::make_shared<const Bytes>(std::move(bytes));
    const Lock lock(mutex_);
    if (places_.contains(offset)) return frame;
    cached_.emplace_front(offset, frame);
    places_.emplace(offset, cached_.begin());
    cached_bytes_ += frame->size();
    while (cached_bytes_ > cache_bytes_ && cached_.size() > 1) {
        const auto& [oldest, bytes_of] = cached_.back();
        cached_bytes_ -= bytes_of->size();
        places_.erase(oldest);
        cached_.pop_back();
    }
    return frame;
}

Result<std::optional<Bytes>> IndexedCar::find(const Cid& cid) {
    auto frames = index_.find(cid);
    if (!frames) return frames.error().is_fatal() ? frames.error() : damaged(frames.error().message());
    for (const auto offset : *frames) {
        STRATA_TRY(const auto frame, frame_at(offset));
        const auto found = find_section(*frame, cid);
        if (!found) return damaged(found.error().message());
        if (!*found) continue;
        const auto matches = cid.matches(**found);
        if (!matches || !*matches) return damaged("the block does not match its CID " + cid.to_string());
        return std::optional(to_bytes(**found));
    }
    return std::optional<Bytes>();
}

Result<Bytes> IndexedCar::get(const Cid& cid) {
    STRATA_TRY(auto found, find(cid));
    if (found) return std::move(*found);
    return fail(Errc::missing_block, "block " + cid.to_string() + " is not in the snapshot");
}
Result<bool> IndexedCar::has(const Cid& cid) {
    STRATA_TRY(const auto found, find(cid));
    return found.has_value();
}
Result<Cid> IndexedCar::put(Codec, BytesView) {
    return fail(Errc::internal, "a snapshot is only read");
}
Status IndexedCar::put_block(const Cid& cid, BytesView) {
    return fail(Errc::internal, "a snapshot is only read, but the block " + cid.to_string() + " was put into it");
}

Result<std::uint64_t> IndexedCar::stream(const Cid& cid, std::uint64_t max, const ByteSink& sink) const {
    STRATA_TRY(const auto frames, index_.find(cid));
    // A block of this size has a frame of its own, so the frame begins with its section.
    for (const auto offset : frames) {
        STRATA_TRY(auto source, unpacking_source(source_of_frame(offset)));
        return CarReader::of_sections(std::move(source)).next_in_pieces(cid, max, sink);
    }
    return fail(Errc::missing_block, "block " + cid.to_string() + " is not in the snapshot");
}

}  // namespace strata
