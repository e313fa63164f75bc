#include <strata/market/piece_store.hpp>

#include <strata/base/file_writer.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/market/client_file.hpp>
#include <strata/proofs/piece/commitment.hpp>

#include <fstream>
#include <system_error>

namespace strata::market {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{1} << 20;

std::string piece_key(const Cid& piece) {
    return "pieces/" + piece.to_string();
}

// Blocks are found by what they hash to, whatever codec the asker names.
std::string block_key(const Cid& block) {
    return "piece-blocks/" + to_hex(block.digest()) + "-" + std::to_string(static_cast<std::uint64_t>(block.hash()));
}

Result<Bytes> read_part(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size) {
    std::ifstream file(path, std::ios::binary);
    Bytes out(size);
    file.seekg(static_cast<std::streamoff>(offset));
    if (!file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size)))
        return fail(Errc::io, "cannot read " + path.string());
    return out;
}

}  // namespace

Result<std::unique_ptr<PieceStore>> PieceStore::open(std::filesystem::path folder, store::KeyValue& records) {
    STRATA_OK(make_folders(folder));
    STRATA_OK(remove_unfinished(folder));
    return std::unique_ptr<PieceStore>(new PieceStore(std::move(folder), records));
}

Status PieceStore::add(const PieceInfo& piece, std::uint64_t size, const ByteSource& source) {
    {  // two writers of one file would spoil it
        const std::lock_guard lock(mutex_);
        if (!arriving_.insert(piece.cid).second) return fail(Errc::busy, "the piece is on its way already");
    }
    auto taken = take(piece, size, source);
    const std::lock_guard lock(mutex_);
    arriving_.erase(piece.cid);
    return taken;
}

Status PieceStore::take(const PieceInfo& piece, std::uint64_t size, const ByteSource& source) {
    if (size > piece_capacity(piece.size)) return fail(Errc::too_large, "the data is larger than its piece");
    STRATA_TRY(auto file, FileWriter::create(path_of(piece.cid)));
    proofs::PieceCommitter commitment;
    Bytes buffer(kReadAtOnce);
    while (file.size() < size) {
        const auto wanted = std::min<std::uint64_t>(buffer.size(), size - file.size());
        STRATA_TRY(const auto got, source(std::span(buffer).first(wanted)));
        if (got == 0) return fail(Errc::truncated, "the data ended after " + std::to_string(file.size()) + " bytes");
        const auto part = BytesView(buffer).first(got);
        commitment.update(part);
        STRATA_OK(file.write(part));
    }
    STRATA_TRY(const auto found, commitment.finish(piece.size));
    if (proofs::piece_cid(found.commitment) != piece.cid)
        return fail(Errc::verification, "the data has the commitment " +
                                            proofs::piece_cid(found.commitment).to_string() + ", not " +
                                            piece.cid.to_string());
    STRATA_OK(file.commit());
    STRATA_TRY(auto writes, index_of(piece.cid, size));
    const Piece record{piece.size, size, !writes.empty()};
    writes.push_back({piece_key(piece.cid), to_cbor(record)});
    return records_.write(writes);
}

// No CAR: no index, and the piece is served as bytes only.
Result<std::vector<store::Write>> PieceStore::index_of(const Cid& piece, std::uint64_t size) {
    STRATA_TRY(const auto source, file_source(path_of(piece)));
    std::vector<store::Write> writes;
    std::vector<Place> places;
    std::uint64_t sections = 0;
    const auto header = stream_car(source, [&](const Cid& cid, BytesView data) -> Status {
        sections += car_section(cid, data).size();
        places.push_back({piece, sections - data.size(), data.size()});
        writes.push_back({block_key(cid), std::nullopt});
        return {};
    });
    if (!header) return std::vector<store::Write>{};
    // Sections stand one after the other up to the end; what is before them is the header.
    for (std::size_t i = 0; i < places.size(); ++i) {
        places[i].offset += size - sections;
        writes[i].value = to_cbor(places[i]);
    }
    return writes;
}

Status PieceStore::remove(const Cid& piece) {
    STRATA_TRY(const auto known, find(piece));
    if (!known) return {};
    std::vector<store::Write> writes{{piece_key(piece), std::nullopt}};
    STRATA_TRY(const auto index, index_of(piece, known->size));
    for (const auto& entry : index) {
        STRATA_TRY(const auto stands, records_.get(entry.key));
        if (stands == entry.value) writes.push_back({entry.key, std::nullopt});  // else another piece has the block too
    }
    STRATA_OK(records_.write(writes));
    std::error_code error;
    std::filesystem::remove(path_of(piece), error);
    if (error) return fail(Errc::io, "cannot remove " + path_of(piece).string() + ": " + error.message());
    return {};
}

Result<std::optional<PieceStore::Piece>> PieceStore::find(const Cid& piece) {
    STRATA_TRY(const auto record, records_.get(piece_key(piece)));
    if (!record) return std::optional<Piece>{};
    STRATA_TRY(auto out, from_cbor<Piece>(*record));
    return std::optional(out);
}

std::filesystem::path PieceStore::path_of(const Cid& piece) const {
    return folder_ / (piece.to_string() + ".piece");
}

Result<std::optional<PieceStore::Place>> PieceStore::place_of(const Cid& block) {
    STRATA_TRY(const auto record, records_.get(block_key(block)));
    if (!record) return std::optional<Place>{};
    STRATA_TRY(auto out, from_cbor<Place>(*record));
    return std::optional(out);
}

Result<std::optional<Bytes>> PieceStore::find_block(const Cid& cid) {
    if (cid.hash() == HashCode::identity) return std::optional(to_bytes(cid.digest()));
    STRATA_TRY(const auto place, place_of(cid));
    if (!place) return std::optional<Bytes>{};
    STRATA_TRY(auto data, read_part(path_of(place->piece), place->offset, place->size));
    STRATA_TRY(const bool whole, cid.matches(data));
    if (!whole) return fail(Errc::verification, "the stored block " + cid.to_string() + " is damaged");
    return std::optional(std::move(data));
}

Result<Bytes> PieceStore::Blocks::get(const Cid& cid) {
    STRATA_TRY(auto block, pieces_.find_block(cid));
    if (!block) return fail(Errc::missing_block, "no piece has the block " + cid.to_string());
    return std::move(*block);
}

Result<bool> PieceStore::Blocks::has(const Cid& cid) {
    STRATA_TRY(const auto place, pieces_.place_of(cid));
    return place.has_value();
}

Result<Cid> PieceStore::Blocks::put(Codec, BytesView) {
    return fail(Errc::unsupported, "blocks of pieces are not written one by one");
}
Status PieceStore::Blocks::put_block(const Cid&, BytesView) {
    return fail(Errc::unsupported, "blocks of pieces are not written one by one");
}

}  // namespace strata::market
