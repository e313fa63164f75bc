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

}  // namespace

Result<CarHeader> read_car(BytesView car, const std::function<Status(const Cid&, BytesView)>& visit) {
    STRATA_TRY(const auto first, take_section(car));
    STRATA_TRY(auto header, parse_header(first));
    while (!car.empty()) {
        STRATA_TRY(auto section, take_section(car));
        STRATA_TRY(const Cid cid, Cid::take(section));
        const auto matches = cid.matches(section);
        if (!matches && matches.error().code() != Errc::unsupported) return matches.error();
        if (matches && !*matches) return fail(Errc::verification, "block does not match its CID " + cid.to_string());
        STRATA_OK(visit(cid, section));
    }
    return header;
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
