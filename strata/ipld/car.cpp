#include <strata/ipld/car.hpp>

#include <strata/base/varint.hpp>

namespace strata {
namespace {

Result<BytesView> take_section(BytesView& rest) {
    STRATA_TRY(const auto size, take_uvarint(rest));
    if (size > kMaxCarSection) return fail(Errc::too_large, "CAR section above 8 MiB");
    if (size > rest.size()) return Errc::truncated;
    const auto section = rest.first(size);
    rest = rest.subspan(size);
    return section;
}

Result<CarHeader> parse_header(BytesView section) {
    CborReader r(section);
    STRATA_TRY(const auto entries, r.map());
    CarHeader header;
    bool has_roots = false;
    std::uint64_t version = 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
        STRATA_TRY(const auto key, r.text());
        if (key == "roots") {
            STRATA_OK(decode(r, header.roots));
            has_roots = true;
        } else if (key == "version") {
            STRATA_TRY(version, r.uint());
        } else {
            return fail(Errc::malformed, "unknown field in a CAR header");
        }
    }
    STRATA_OK(r.finish());
    if (version != 1 || !has_roots) return fail(Errc::unsupported, "not a CAR of version 1");
    return header;
}

Status visit_section(BytesView section, const std::function<Status(const Cid&, BytesView)>& visit) {
    STRATA_TRY(const Cid cid, Cid::take(section));
    const auto matches = cid.matches(section);
    if (!matches && matches.error().code() != Errc::unsupported) return matches.error();
    if (matches && !*matches) return fail(Errc::verification, "block does not match its CID " + cid.to_string());
    return visit(cid, section);
}

/// Sections of a stream, one at a time.
class SectionStream {
  public:
    explicit SectionStream(const ByteSource& source) : source_(source) {}

    /// False at the end of the stream, which must lie between two sections.
    Result<bool> next() {
        begin_ += section_size_;
        section_size_ = 0;
        STRATA_OK(need(kMaxLengthBytes));
        if (held().empty()) return false;
        BytesView rest = held();
        STRATA_TRY(const auto size, take_uvarint(rest));
        if (size > kMaxCarSection) return fail(Errc::too_large, "CAR section above 8 MiB");
        begin_ += held().size() - rest.size();
        STRATA_OK(need(size));
        if (held().size() < size) return Errc::truncated;
        section_size_ = size;
        return true;
    }
    /// Valid until the next call of next().
    BytesView section() const { return held().first(section_size_); }

  private:
    static constexpr std::size_t kMaxLengthBytes = 10;
    static constexpr std::size_t kReadAhead = std::size_t{64} << 10;

    BytesView held() const { return BytesView(buffer_).subspan(begin_); }
    /// Reads until `count` bytes are held or the source ends.
    Status need(std::size_t count) {
        if (held().size() >= count) return {};
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
        const std::size_t before = buffer_.size();
        buffer_.resize(std::max(count, before + kReadAhead));
        STRATA_TRY(const auto got, read_full(source_, std::span(buffer_).subspan(before)));
        buffer_.resize(before + got);
        return {};
    }

    const ByteSource& source_;
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t section_size_ = 0;
};

// The pragma of version 2 is a version 1 header {"version": 2}; 16 bytes of characteristics, then the offset and the
// size of the data and the offset of the index, little-endian (ipld.io/specs/transport/car/carv2).
constexpr ByteArray<11> kVersion2Pragma{0x0a, 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};
constexpr std::size_t kVersion2Header = kVersion2Pragma.size() + 40;

}  // namespace

Result<BytesView> car_payload(BytesView file) {
    if (file.size() < kVersion2Pragma.size() || !equal(file.first(kVersion2Pragma.size()), kVersion2Pragma))
        return file;
    if (file.size() < kVersion2Header) return Errc::truncated;
    const auto offset = load_le<std::uint64_t>(file.data() + 27);
    const auto size = load_le<std::uint64_t>(file.data() + 35);
    if (offset < kVersion2Header) return fail(Errc::malformed, "CAR version 2 with data inside its header");
    if (offset > file.size() || size > file.size() - offset) return Errc::truncated;
    return file.subspan(offset, size);
}

Result<CarHeader> read_car(BytesView car, const std::function<Status(const Cid&, BytesView)>& visit) {
    STRATA_TRY(const auto first, take_section(car));
    STRATA_TRY(auto header, parse_header(first));
    while (!car.empty()) {
        STRATA_TRY(const auto section, take_section(car));
        STRATA_OK(visit_section(section, visit));
    }
    return header;
}

Result<CarHeader> stream_car(const ByteSource& source, const std::function<Status(const Cid&, BytesView)>& visit) {
    SectionStream stream(source);
    STRATA_TRY(const bool any, stream.next());
    if (!any) return Errc::truncated;
    STRATA_TRY(auto header, parse_header(stream.section()));
    for (;;) {
        STRATA_TRY(const bool more, stream.next());
        if (!more) return header;
        STRATA_OK(visit_section(stream.section(), visit));
    }
}

Result<CarHeader> load_car(BytesView car, Blockstore& store) {
    return read_car(car, [&](const Cid& cid, BytesView data) { return store.put_block(cid, data); });
}

Bytes car_header(const std::vector<Cid>& roots) {
    CborWriter w;
    w.map(2);
    w.text("roots");
    encode(w, roots);
    w.text("version");
    w.uint(1);
    Bytes out = uvarint(w.view().size());
    append(out, w.view());
    return out;
}

Bytes car_section(const Cid& cid, BytesView data) {
    Bytes out = uvarint(cid.bytes().size() + data.size());
    append(out, cid.bytes());
    append(out, data);
    return out;
}

}  // namespace strata
