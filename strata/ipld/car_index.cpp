#include <strata/ipld/car_index.hpp>

#include <algorithm>

namespace strata {
namespace {

constexpr std::uint32_t kSkippableMagic = 0x184d2a50;  // RFC 8878 §3.1.2
constexpr std::uint64_t kFrameHead = 8;
constexpr std::uint64_t kVersion1 = 0xdeadbeef + 1;
constexpr std::uint64_t kHead = 32;  // version, longest distance, number of collisions, buckets
constexpr std::uint64_t kPlace = 16;
constexpr std::uint64_t kFree = UINT64_MAX;
constexpr double kLoad = 0.8;

// An author chooses these; they bound the work of opening a file and of a lookup. Forest's frames have 512 MiB, and the
// distances of evenly spread hashes stay below a hundred.
constexpr std::size_t kMostFrames = 4096;
constexpr std::uint64_t kLongestDistance = 1 << 16;

unsigned __int128 wide(std::uint64_t value) {
    return value;
}

std::uint64_t buckets_for(std::uint64_t entries) {
    return std::max(entries, static_cast<std::uint64_t>(static_cast<double>(entries) / kLoad));
}

// Gathers small writes, and puts the heads of frames between them.
class IndexWriter {
  public:
    IndexWriter(const ByteSink& write, std::uint64_t total, std::uint64_t frame)
        : write_(write), left_(total), frame_(frame) {}

    Status words(std::initializer_list<std::uint64_t> values) {
        if (in_frame_ == 0) begin_frame();
        for (const auto value : values) {
            const auto at = buffer_.size();
            buffer_.resize(at + 8);
            store_le(buffer_.data() + at, value);
        }
        in_frame_ -= 8 * values.size();
        left_ -= 8 * values.size();
        return buffer_.size() >= kBuffer ? flush() : Status{};
    }
    Status flush() {
        STRATA_OK(write_(buffer_));
        buffer_.clear();
        return {};
    }

  private:
    static constexpr std::size_t kBuffer = std::size_t{1} << 16;

    // A frame ends with the first place after which it has at least `frame_` bytes.
    void begin_frame() {
        const std::uint64_t head = is_first_ ? kHead : 0;
        const std::uint64_t wanted = frame_ <= head ? 1 : (frame_ - head + kPlace - 1) / kPlace;
        in_frame_ = std::min(left_, head + kPlace * wanted);
        is_first_ = false;
        const auto at = buffer_.size();
        buffer_.resize(at + kFrameHead);
        store_le(buffer_.data() + at, kSkippableMagic);
        store_le(buffer_.data() + at + 4, static_cast<std::uint32_t>(in_frame_));
    }

    const ByteSink& write_;
    std::uint64_t left_;
    std::uint64_t frame_;
    std::uint64_t in_frame_ = 0;  // bytes that this frame still gets
    bool is_first_ = true;
    Bytes buffer_;
};

struct Layout {
    std::uint64_t longest = 0;
    std::uint64_t collisions = 0;
    std::uint64_t places = 0;  // without the free one at the end
};

// Places the sorted entries one after the other, each where its hash asks for it or, if that place is taken, after the
// entry before it.
Layout lay_out(std::span<const CarIndexEntry> entries, std::uint64_t buckets) {
    Layout out;
    const CarIndexEntry* before = nullptr;
    for (const auto& entry : entries) {
        const auto ideal = car_index_place(entry.hash, buckets);
        const auto actual = std::max(ideal, out.places);
        out.longest = std::max(out.longest, actual - ideal);
        out.places = actual + 1;
        if (before != nullptr && before->hash == entry.hash) ++out.collisions;
        before = &entry;
    }
    out.places = std::max(out.places, buckets);
    return out;
}

}  // namespace

std::uint64_t car_index_hash(const Cid& cid) {
    std::uint64_t hash = static_cast<std::uint64_t>(cid.codec()) ^ static_cast<std::uint64_t>(cid.hash());
    for (auto rest = cid.digest(); rest.size() >= 8; rest = rest.subspan(8))
        hash ^= load_le<std::uint64_t>(rest.data());
    return hash == 0 ? 0 : hash - 1;
}

std::uint64_t car_index_place(std::uint64_t hash, std::uint64_t buckets) {
    return static_cast<std::uint64_t>((wide(hash) * buckets) >> 64U);
}

Status write_car_index(std::span<CarIndexEntry> entries, const ByteSink& write, std::uint64_t single_frame,
                       std::uint64_t frame) {
    std::ranges::sort(entries);
    const auto repeats = std::ranges::unique(entries);
    entries = entries.first(entries.size() - repeats.size());
    const auto buckets = buckets_for(entries.size());
    const auto layout = lay_out(entries, buckets);
    const auto total = kHead + kPlace * (layout.places + 1);
    IndexWriter out(write, total, total <= single_frame ? total : frame);
    STRATA_OK(out.words({kVersion1, layout.longest, layout.collisions, buckets}));
    std::uint64_t place = 0;
    for (const auto& entry : entries) {
        const auto ideal = car_index_place(entry.hash, buckets);
        for (; place < ideal; ++place) STRATA_OK(out.words({kFree, kFree}));
        STRATA_OK(out.words({entry.hash, entry.frame}));
        ++place;
    }
    for (; place < layout.places + 1; ++place) STRATA_OK(out.words({kFree, kFree}));
    return out.flush();
}

Result<CarIndex> CarIndex::open(std::shared_ptr<const RandomFile> file, std::uint64_t begin, std::uint64_t end) {
    CarIndex out(std::move(file));
    for (auto at = begin; at != end;) {
        ByteArray<kFrameHead> head{};
        STRATA_TRY(const auto got, out.file_->read(at, head));
        const std::uint64_t size = load_le<std::uint32_t>(head.data() + 4);
        if (got != head.size() || load_le<std::uint32_t>(head.data()) != kSkippableMagic || end - at < kFrameHead ||
            end - at - kFrameHead < size)
            return fail(Errc::malformed, "the index has no skippable zstd frame at byte " + std::to_string(at));
        if (out.parts_.size() == kMostFrames)
            return fail(Errc::too_large, "the index has more than " + std::to_string(kMostFrames) + " frames");
        out.parts_.push_back({.from = out.size_, .offset = at + kFrameHead, .size = size});
        out.size_ += size;
        at += kFrameHead + size;
    }
    STRATA_OK(out.read_head());
    return out;
}

Status CarIndex::read_head() {
    ByteArray<kHead> head{};
    STRATA_OK(read(0, head));
    const auto version = load_le<std::uint64_t>(head.data());
    if (version != kVersion1)
        return fail(Errc::unsupported, "the index has the version mark " + std::to_string(version) + ", expected " +
                                           std::to_string(kVersion1) + " (version 1)");
    longest_ = load_le<std::uint64_t>(head.data() + 8);
    buckets_ = load_le<std::uint64_t>(head.data() + 24);
    places_ = (size_ - kHead) / kPlace;
    // A place that a hash asks for is below the number of buckets; the free place at the end ends every search.
    if (buckets_ >= places_)
        return fail(Errc::malformed, "the index has " + std::to_string(places_) + " places for " +
                                         std::to_string(buckets_) + " buckets, expected more places than buckets");
    if (longest_ > kLongestDistance)
        return fail(Errc::too_large, "the index has entries " + std::to_string(longest_) +
                                         " places after their own, expected at most " +
                                         std::to_string(kLongestDistance));
    return {};
}

Status CarIndex::read(std::uint64_t from, std::span<std::uint8_t> buffer) const {
    auto part = std::ranges::upper_bound(parts_, from, {}, &Part::from);
    while (!buffer.empty() && part != parts_.begin()) {
        const auto& [begin, offset, size] = *std::prev(part);
        const auto here = std::min<std::uint64_t>(buffer.size(), begin + size - from);
        STRATA_TRY(const auto got, file_->read(offset + from - begin, buffer.first(here)));
        if (got < here) break;
        buffer = buffer.subspan(here);
        from += here;
        if (part == parts_.end()) break;
        ++part;
    }
    return buffer.empty() ? Status{} : fail(Errc::truncated, "the index ends early");
}

Result<std::vector<std::uint64_t>> CarIndex::find(const Cid& cid) const {
    constexpr std::uint64_t kAtOnce = 16;
    std::vector<std::uint64_t> out;
    if (buckets_ == 0) return out;
    const auto hash = car_index_hash(cid);
    const auto begin = car_index_place(hash, buckets_);
    ByteArray<kAtOnce * kPlace> buffer{};
    for (auto at = begin; at < places_;) {
        const auto count = std::min(kAtOnce, places_ - at);
        STRATA_OK(read(kHead + at * kPlace, std::span(buffer).first(count * kPlace)));
        for (std::uint64_t i = 0; i < count; ++i, ++at) {
            const auto found = load_le<std::uint64_t>(buffer.data() + i * kPlace);
            if (found == hash) out.push_back(load_le<std::uint64_t>(buffer.data() + i * kPlace + 8));
            // Entries are sorted, so those of one hash stand side by side.
            const bool passed = found != hash && (!out.empty() || at - begin >= longest_);
            if (found == kFree || passed || out.size() > kLongestDistance) return out;
        }
    }
    return out;
}

// The number of buckets is that of the entries divided by 0.8, rounded down, which no two numbers of entries share.
std::uint64_t CarIndex::entries() const {
    auto out = static_cast<std::uint64_t>(static_cast<double>(buckets_) * kLoad);
    while (buckets_for(out) < buckets_) ++out;
    return out;
}

}  // namespace strata
