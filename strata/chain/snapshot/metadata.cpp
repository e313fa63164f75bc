#include <strata/chain/snapshot/metadata.hpp>

#include <strata/base/varint.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::chain {
namespace {

constexpr std::uint64_t kVersion = 2;
constexpr std::size_t kMostHeadBlocks = 64;

Result<SnapshotMetadata> parse(BytesView block) {
    SnapshotMetadata out;
    CborReader r(block);
    STRATA_TRY(const auto fields, r.map());
    std::uint64_t version = 0;
    for (std::uint64_t i = 0; i < fields; ++i) {
        STRATA_TRY(const auto name, r.text());
        if (name == "Version") {
            STRATA_TRY(version, r.uint());
        } else if (name == "HeadTipsetKey") {
            STRATA_TRY(const auto count, r.array());
            if (count > kMostHeadBlocks) return Errc::too_large;
            for (std::uint64_t n = 0; n < count; ++n) {
                STRATA_TRY(out.head.emplace_back(), r.link());
            }
        } else if (name == "F3Data") {
            if (r.at_null()) {
                STRATA_OK(r.null());
            } else {
                STRATA_TRY(out.f3, r.link());
            }
        } else {
            return Errc::malformed;
        }
    }
    STRATA_OK(r.finish());
    if (version != kVersion || out.head.empty()) return Errc::malformed;
    return out;
}

}  // namespace

Bytes to_block(const SnapshotMetadata& metadata) {
    CborWriter w;
    w.map(3);  // the keys in the order of DAG-CBOR: the shorter first
    w.text("F3Data");
    metadata.f3 ? w.link(*metadata.f3) : w.null();
    w.text("Version");
    w.uint(kVersion);
    w.text("HeadTipsetKey");
    w.array(metadata.head.size());
    for (const auto& cid : metadata.head) w.link(cid);
    return to_bytes(w.view());
}

std::optional<SnapshotMetadata> metadata_from(BytesView block) {
    auto out = parse(block);
    return out ? std::optional(std::move(*out)) : std::nullopt;
}

Result<F3Range> f3_range(BytesView front) {
    STRATA_OK(take_uvarint(front));  // the length of the header
    CborReader r(front);
    F3Range out;
    // [Version, FirstInstance, LatestInstance, InitialPowerTable]
    STRATA_TRY(const auto major, r.peek_major());
    if (major != 4 || (front[0] & 31U) != 4) return fail(Errc::malformed, "the F3 data have no header of four fields");
    CborReader fields(front.subspan(1));
    STRATA_TRY(out.version, fields.uint());
    STRATA_TRY(out.first, fields.uint());
    STRATA_TRY(out.latest, fields.uint());
    return out;
}

Result<Cid> f3_cid(const RandomFile& file) {
    crypto::Blake2b hash(32);
    Bytes piece(std::size_t{1} << 18);
    for (std::uint64_t at = 0;;) {
        STRATA_TRY(const auto got, file.read(at, piece));
        if (got == 0) break;
        hash.update(BytesView(piece).first(got));
        at += got;
    }
    Hash256 digest;
    hash.finish(digest);
    return Cid::v1(Codec::raw, HashCode::blake2b_256, digest);
}

}  // namespace strata::chain
