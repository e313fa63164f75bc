#include <strata/retrieval/piece_store.hpp>

#include <fstream>
#include <system_error>

#include <strata/base/file_writer.hpp>
#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/types/piece.hpp>

namespace strata::retrieval {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;  // bytes of the file under one checksum
constexpr std::size_t kPage = 1024;                     // checksums, or blocks of the index, in one record
constexpr std::size_t kHash = sizeof(Hash256);          // bytes of a checksum
constexpr std::size_t kMaxHolders = 16;                 // how many pieces are tried for one block

std::string piece_key(const Cid& piece) {
    return "pieces/" + piece.to_string();
}
std::string pending_key(const Cid& piece) {
    return "piece-pending/" + piece.to_string();
}
// All page numbers have the same length, so that the keys sort by page.
std::string page_key(std::string_view kind, const Cid& piece, std::uint64_t page) {
    const auto digits = std::to_string(page);
    return std::string(kind) + piece.to_string() + "/" +
           std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits;
}
constexpr std::string_view kSums = "piece-sums/";
constexpr std::string_view kList = "piece-list/";

// Blocks are found by their hash alone: the same bytes may be asked for under a different codec.
std::string block_key(const Cid& block) {
    return "piece-index/" + to_hex(block.digest()) + "-" + std::to_string(static_cast<std::uint64_t>(block.hash())) +
           "/";
}

// Only the file's name is printed, since this sentence may reach a client.
Error unreadable(const std::filesystem::path& path) {
    return fail(Errc::io, "cannot read the piece file " + path.filename().string());
}

Result<Bytes> read_part(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return unreadable(path);
    Bytes out(size);
    file.seekg(static_cast<std::streamoff>(offset));
    if (!file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size))) return unreadable(path);
    return out;
}

Error damage_of(const Cid& piece) {
    return fail(Errc::verification, "the piece " + piece.to_string() +
                                        " is damaged on this provider; get it elsewhere, or store it here again");
}

// Computes the checksums of data that arrives in parts, and collects them into pages.
class Checksums {
  public:
    void update(BytesView part) {
        while (!part.empty()) {
            const auto step = std::min(part.size(), kChunk - open_.size());
            append(open_, part.first(step));
            part = part.subspan(step);
            if (open_.size() == kChunk) close();
        }
    }
    std::vector<Bytes> finish() {
        if (!open_.empty()) close();
        if (pages_.empty()) pages_.emplace_back();  // an empty file has a page too: see find_with_sums()
        return std::move(pages_);
    }

  private:
    void close() {
        if (pages_.empty() || pages_.back().size() == kPage * kHash) pages_.emplace_back();
        append(pages_.back(), crypto::sha256(open_));
        open_.clear();
    }
    Bytes open_;
    std::vector<Bytes> pages_;
};

bool has_size(const PieceStore::Piece& piece, std::uint64_t size) {
    return std::ranges::find(piece.sizes, size) != piece.sizes.end();
}

// Reads `size` bytes, passes each part to `keep`, and checks at the end that they have the piece's commitment.
Status read_checked(const PieceInfo& piece, std::uint64_t size, const ByteSource& source,
                    const std::function<Status(BytesView part)>& keep) {
    proofs::PieceCommitter commitment;
    Bytes buffer(kChunk);
    for (std::uint64_t done = 0; done < size;) {
        const auto wanted = std::min<std::uint64_t>(buffer.size(), size - done);
        STRATA_TRY(const auto got, source(std::span(buffer).first(wanted)));
        if (got == 0)
            return fail(Errc::truncated,
                        "the data ended after " + std::to_string(done) + " of " + std::to_string(size) + " bytes");
        const auto part = BytesView(buffer).first(got);
        commitment.update(part);
        STRATA_OK(keep(part));
        done += got;
    }
    STRATA_TRY(const auto found, commitment.finish(piece.size));
    const Cid cid = proofs::piece_cid(found.commitment);
    if (cid == piece.cid) return {};
    return fail(Errc::verification,
                "the data has the commitment " + cid.to_string() + ", expected " + piece.cid.to_string());
}

// Removes all records below `prefix`, in batches, because there may be any number of them.
Status remove_all(store::KeyValue& records, const std::string& prefix) {
    for (;;) {
        std::vector<store::Write> batch;
        STRATA_OK(records.for_each(prefix, [&](std::string_view key, BytesView) -> Result<bool> {
            batch.push_back({std::string(key), std::nullopt});
            return batch.size() < kPage;
        }));
        if (batch.empty()) return {};
        STRATA_OK(records.write(batch));
    }
}

}  // namespace

Result<std::unique_ptr<PieceStore>> PieceStore::open(std::filesystem::path folder, store::KeyValue& records) {
    STRATA_OK(make_folders(folder));
    STRATA_OK(remove_unfinished(folder));
    std::unique_ptr<PieceStore> out(new PieceStore(std::move(folder), records));
    STRATA_OK(out->remove_pending());
    STRATA_OK(out->upgrade());
    return out;
}

// Removes every piece whose adding or removal was interrupted, because its checksums or its index may be missing.
Status PieceStore::remove_pending() {
    std::vector<Cid> pieces;
    constexpr std::string_view kPrefix = "piece-pending/";
    STRATA_OK(records_.for_each(kPrefix, [&](std::string_view key, BytesView) -> Result<bool> {
        STRATA_TRY(pieces.emplace_back(), Cid::parse(key.substr(kPrefix.size())));
        return true;
    }));
    for (const auto& piece : pieces) STRATA_OK(erase(piece));
    return {};
}

Status PieceStore::upgrade() {
    // The record of version 1. The index of version 1 was below "piece-blocks/" and had one piece for
    // each block.
    struct OldPiece {
        std::uint64_t padded_size = 0, size = 0;
        bool is_car = false;
        STRATA_CBOR_TUPLE(padded_size, size, is_car);
    };
    std::vector<std::pair<Cid, OldPiece>> old;
    constexpr std::string_view kPrefix = "pieces/";
    STRATA_OK(records_.for_each(kPrefix, [&](std::string_view key, BytesView value) -> Result<bool> {
        if (const auto record = from_cbor<OldPiece>(value)) {
            STRATA_TRY(const auto piece, Cid::parse(key.substr(kPrefix.size())));
            old.emplace_back(piece, *record);
        }
        return true;
    }));
    for (const auto& [piece, record] : old) STRATA_OK(upgrade(piece, record.padded_size, record.size));
    return remove_all(records_, "piece-blocks/");
}

// Checksums are made only if the bytes have the piece's commitment. A damaged piece gets none, so that reading it
// fails.
Status PieceStore::upgrade(const Cid& piece, std::uint64_t padded_size, std::uint64_t size) {
    Piece record{.padded_size = padded_size, .size = size, .is_car = false, .sizes = {size}};
    Checksums sums;
    proofs::PieceCommitter commitment;
    const auto read = [&]() -> Status {
        STRATA_TRY(const auto source, file_source(path_of(piece)));
        Bytes buffer(kChunk);
        for (;;) {
            STRATA_TRY(const auto got, source(buffer));
            if (got == 0) return {};
            sums.update(BytesView(buffer).first(got));
            commitment.update(BytesView(buffer).first(got));
        }
    }();
    const auto found = commitment.finish(padded_size);
    if (read && found && proofs::piece_cid(found->commitment) == piece) {
        STRATA_OK(write_sums(piece, sums.finish()));
        STRATA_TRY(record.is_car, write_index(piece));
    }
    return records_.put(piece_key(piece), to_cbor(record));
}

Status PieceStore::add(const PieceInfo& piece, std::uint64_t size, const ByteSource& source) {
    {
        const Lock lock(mutex_);
        if (!busy_.insert(piece.cid).second)
            return fail(Errc::busy, "the piece " + piece.cid.to_string() +
                                        " is being received or removed at this moment; try again later");
    }
    auto taken = take(piece, size, source);
    const Lock lock(mutex_);
    busy_.erase(piece.cid);
    return taken;
}

// The data that was sent is always checked against the commitment. It is written unless the piece is here undamaged.
Status PieceStore::take(const PieceInfo& piece, std::uint64_t size, const ByteSource& source) {
    if (size > piece_capacity(piece.size))
        return fail(Errc::too_large, "the data has " + std::to_string(size) + " bytes, expected at most " +
                                         std::to_string(piece_capacity(piece.size)) + ", the capacity of the piece");
    STRATA_TRY(auto known, find_with_sums(piece.cid));
    if (!known) return take_new(piece, size, source);
    if (seems_undamaged(piece.cid, *known))
        STRATA_OK(read_checked(piece, size, source, [](BytesView) { return Status{}; }));
    else
        STRATA_OK(repair(piece, known->size, size, source));
    if (has_size(*known, size)) return {};
    known->sizes.push_back(size);
    return records_.put(piece_key(piece.cid), to_cbor(*known));
}

// Returns the record of a piece. Empty if the piece is new or has no checksums: upgrade() makes none for a piece that
// it finds damaged.
Result<std::optional<PieceStore::Piece>> PieceStore::find_with_sums(const Cid& piece) {
    STRATA_TRY(auto known, find(piece));
    if (!known) return known;
    STRATA_TRY(const auto sums, records_.get(page_key(kSums, piece, 0)));
    if (!sums) known.reset();
    return known;
}

Status PieceStore::take_new(const PieceInfo& piece, std::uint64_t size, const ByteSource& source) {
    STRATA_TRY(auto file, FileWriter::create(path_of(piece.cid)));
    Checksums sums;
    STRATA_OK(read_checked(piece, size, source, [&](BytesView part) {
        sums.update(part);
        return file.write(part);
    }));
    STRATA_OK(records_.put(pending_key(piece.cid), {}));
    auto added = file.commit();
    if (added) added = accept(piece, size, sums.finish());
    // If erase() fails too, the next opening of the store removes the piece.
    if (!added) static_cast<void>(erase(piece.cid));
    if (added) note_damage(piece.cid, /*damaged=*/false);
    return added;
}

// Writes a damaged file again in the length that it had, so that its checksums and its index stay valid. The sent data
// has the same commitment, so a different length only means more or fewer zeros at the end.
Status PieceStore::repair(const PieceInfo& piece, std::uint64_t kept_size, std::uint64_t size,
                          const ByteSource& source) {
    STRATA_TRY(auto file, FileWriter::create(path_of(piece.cid)));
    const auto keep = [&](BytesView part) {
        return file.write(part.first(std::min<std::uint64_t>(part.size(), kept_size - file.size())));
    };
    STRATA_OK(read_checked(piece, size, source, keep));
    const Bytes zeros(kChunk);
    while (file.size() < kept_size) STRATA_OK(keep(zeros));
    STRATA_OK(file.commit());
    note_damage(piece.cid, /*damaged=*/false);
    return {};
}

// Writes the checksums, the index and the record of a new piece, whose file is in its place.
Status PieceStore::accept(const PieceInfo& piece, std::uint64_t size, const std::vector<Bytes>& sums) {
    STRATA_OK(write_sums(piece.cid, sums));
    STRATA_TRY(const bool is_car, write_index(piece.cid));
    const Piece record{.padded_size = piece.size, .size = size, .is_car = is_car, .sizes = {size}};
    return records_.write({{piece_key(piece.cid), to_cbor(record)}, {pending_key(piece.cid), std::nullopt}});
}

Status PieceStore::write_sums(const Cid& piece, const std::vector<Bytes>& pages) {
    for (std::uint64_t i = 0; i < pages.size(); ++i) STRATA_OK(records_.put(page_key(kSums, piece, i), pages[i]));
    return {};
}

// Returns true if the piece is a CAR from beginning to end. If the CAR is faulty, the blocks before the fault are
// indexed all the same, since each is checked against its CID.
Result<bool> PieceStore::write_index(const Cid& piece) {
    STRATA_TRY(const auto source, file_source(path_of(piece)));
    std::vector<store::Write> batch;
    std::vector<std::string> blocks;
    std::uint64_t page = 0;
    std::optional<Error> failure;  // an error of the records; an error of the CAR only means that this is not a CAR
    const auto flush = [&]() -> Status {
        if (blocks.empty()) return {};
        batch.push_back({page_key(kList, piece, page++), to_cbor(blocks)});
        const auto written = records_.write(batch);
        if (!written) failure = written.error();
        batch.clear();
        blocks.clear();
        return written;
    };
    const auto add = [&](const CarBlock& block) -> Status {
        // An identity CID contains its block. A block with an unknown hash function cannot be checked: for any data,
        // matches() then returns an error.
        if (block.cid.hash() == HashCode::identity || !block.cid.matches({})) return {};
        const Place place{piece, block.offset, block.data.size()};
        blocks.push_back(block_key(block.cid));
        batch.push_back({blocks.back() + piece.to_string(), to_cbor(place)});
        return blocks.size() < kPage ? Status{} : flush();
    };
    const auto header = scan_car(source, add, CarEnd::at_empty_section);
    if (failure) return *failure;
    if (!header && header.error().is_fatal()) return header.error();
    STRATA_OK(flush());
    return header.has_value();
}

Status PieceStore::remove(const Cid& piece) {
    {
        const Lock lock(mutex_);
        if (!busy_.insert(piece).second) return {};
    }
    const auto removed = [&]() -> Status {
        STRATA_TRY(const auto known, find(piece));
        if (!known) return {};
        // After this write readers do not find the piece. If the process is killed then, the next opening removes the
        // rest.
        STRATA_OK(records_.write({{piece_key(piece), std::nullopt}, {pending_key(piece), Bytes{}}}));
        return erase(piece);
    }();
    const Lock lock(mutex_);
    busy_.erase(piece);
    return removed;
}

// Removes every record of the piece, and its file. May be repeated after a failure.
Status PieceStore::erase(const Cid& piece) {
    const std::string lists = std::string(kList) + piece.to_string() + "/";
    for (;;) {
        std::vector<store::Write> batch;
        STRATA_OK(records_.for_each(lists, [&](std::string_view key, BytesView value) -> Result<bool> {
            STRATA_TRY(const auto blocks, from_cbor<std::vector<std::string>>(value));
            for (const auto& block : blocks) batch.push_back({block + piece.to_string(), std::nullopt});
            batch.push_back({std::string(key), std::nullopt});
            return false;  // one page in each batch, so that a page goes only together with the blocks that it lists
        }));
        if (batch.empty()) break;
        STRATA_OK(records_.write(batch));
    }
    STRATA_OK(remove_all(records_, std::string(kSums) + piece.to_string() + "/"));
    std::error_code error;
    std::filesystem::remove(path_of(piece), error);
    if (error) return fail(Errc::io, "cannot remove " + path_of(piece).string() + ": " + error.message());
    note_damage(piece, /*damaged=*/false);
    return records_.write({{piece_key(piece), std::nullopt}, {pending_key(piece), std::nullopt}});
}

Result<std::optional<PieceStore::Piece>> PieceStore::find(const Cid& piece) {
    STRATA_TRY(const auto record, records_.get(piece_key(piece)));
    if (!record) return std::optional<Piece>{};
    STRATA_TRY(auto out, from_cbor<Piece>(*record));
    return std::optional(std::move(out));
}

Result<std::optional<PieceReader>> PieceStore::read(const Cid& piece, std::optional<std::uint64_t> size) {
    STRATA_TRY(const auto known, find(piece));
    if (!known || (size && !has_size(*known, *size))) return std::optional<PieceReader>{};
    if (!seems_undamaged(piece, *known)) return damage_of(piece);
    return std::optional(PieceReader(*this, piece, known->size, size.value_or(known->size)));
}

std::filesystem::path PieceStore::path_of(const Cid& piece) const {
    return folder_ / (piece.to_string() + ".piece");
}

void PieceStore::note_damage(const Cid& piece, bool damaged) {
    const Lock lock(mutex_);
    if (damaged) {
        damaged_.insert(piece);
    } else {
        damaged_.erase(piece);
    }
}

// Returns true if the file has the right size and no reader found damage in it. The file is not read.
bool PieceStore::seems_undamaged(const Cid& piece, const Piece& record) {
    std::error_code error;
    if (std::filesystem::file_size(path_of(piece), error) != record.size || error) return false;
    const Lock lock(mutex_);
    return !damaged_.contains(piece);
}

Result<std::vector<PieceStore::Place>> PieceStore::places_of(const Cid& block) {
    std::vector<Place> out;
    STRATA_OK(records_.for_each(block_key(block), [&](std::string_view, BytesView value) -> Result<bool> {
        STRATA_TRY(out.emplace_back(), from_cbor<Place>(value));
        return out.size() < kMaxHolders;
    }));
    return out;
}

// A damaged copy is noted, and the next piece that has the block is tried. The block is checked against its CID, so no
// checksum is read.
Result<std::optional<Bytes>> PieceStore::find_block(const Cid& cid) {
    if (cid.hash() == HashCode::identity) return std::optional(to_bytes(cid.digest()));
    STRATA_TRY(const auto places, places_of(cid));
    std::optional<Error> why;
    for (const auto& place : places) {
        auto data = read_part(path_of(place.piece), place.offset, place.size);
        if (!data) {
            why = data.error();
            continue;
        }
        STRATA_TRY(const bool right, cid.matches(*data));
        if (right) return std::optional(std::move(*data));
        why = damage_of(place.piece);
        note_damage(place.piece, /*damaged=*/true);
    }
    if (why) return *why;
    return std::optional<Bytes>{};
}

Result<Bytes> PieceStore::Blocks::get(const Cid& cid) {
    STRATA_TRY(auto block, pieces_.find_block(cid));
    if (!block) return fail(Errc::missing_block, "no piece here has the block " + cid.to_string());
    return std::move(*block);
}

Result<bool> PieceStore::Blocks::has(const Cid& cid) {
    if (cid.hash() == HashCode::identity) return true;
    STRATA_TRY(const auto places, pieces_.places_of(cid));
    return !places.empty();
}

Result<Cid> PieceStore::Blocks::put(Codec, BytesView) {
    return fail(Errc::unsupported, "a piece store takes complete pieces, not single blocks");
}
Status PieceStore::Blocks::put_block(const Cid&, BytesView) {
    return fail(Errc::unsupported, "a piece store takes complete pieces, not single blocks");
}

Result<std::size_t> PieceReader::read(std::uint64_t offset, std::span<std::uint8_t> out) {
    if (offset >= size_ || out.empty()) return std::size_t{0};
    auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    if (offset >= file_size_) {  // the piece was stored in a shorter length; these bytes are zeros
        std::ranges::fill(out.first(wanted), std::uint8_t{0});
        return wanted;
    }
    STRATA_OK(load_chunk(offset / kChunk));
    const auto at = static_cast<std::size_t>(offset % kChunk);
    wanted = std::min(wanted, chunk_.size() - at);
    std::copy_n(chunk_.begin() + static_cast<std::ptrdiff_t>(at), wanted, out.begin());
    return wanted;
}

Status PieceReader::load_chunk(std::uint64_t index) {
    if (chunk_index_ == index) return {};
    if (page_index_ != index / kPage) {
        STRATA_TRY(auto page, pieces_->records_.get(page_key(kSums, piece_, index / kPage)));
        page_ = std::move(page).value_or(Bytes{});
        page_index_ = index / kPage;
    }
    const std::uint64_t begin = index * kChunk;
    auto data = read_part(pieces_->path_of(piece_), begin, std::min<std::uint64_t>(kChunk, file_size_ - begin));
    // An I/O error is not damage: there may only be too many open files.
    if (!data) return data.error();
    const std::size_t at = index % kPage * kHash;
    const bool right = at + kHash <= page_.size() && equal(crypto::sha256(*data), BytesView(page_).subspan(at, kHash));
    if (!right) {
        pieces_->note_damage(piece_, /*damaged=*/true);
        return damage_of(piece_);
    }
    chunk_ = std::move(*data);
    chunk_index_ = index;
    return {};
}

ByteSource PieceReader::source(std::shared_ptr<PieceReader> reader, std::uint64_t offset, std::uint64_t length) {
    return [reader = std::move(reader), at = offset,
            end = offset + length](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
        STRATA_TRY(const auto got, reader->read(at, out.first(std::min<std::uint64_t>(out.size(), end - at))));
        at += got;
        return got;
    };
}

}  // namespace strata::retrieval
