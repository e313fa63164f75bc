// Pieces and the index of their blocks: blocks stay while one piece has them, if the process is killed at any point, a
// piece is complete or gone, and damaged files are found.
#include <strata/retrieval/piece_store.hpp>

#include <strata/proofs/piece/commitment.hpp>
#include <strata/retrieval/test_pieces.hpp>
#include <strata/types/piece.hpp>

namespace strata::retrieval {
namespace {

namespace fs = std::filesystem;

struct Killed {};

// Throws at the n-th write.
class KilledRecords final : public store::KeyValue {
  public:
    explicit KilledRecords(store::KeyValue& inner) : inner_(inner) {}
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<store::Write>& batch) override {
        if (kill_at > 0 && --kill_at == 0) throw Killed{};  // NOLINT(hicpp-exception-baseclass): nobody may catch it
        return inner_.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }
    int kill_at = 0;

  private:
    store::KeyValue& inner_;
};

struct Data {
    Bytes bytes;
    PieceInfo info;
};
Data piece_of(Bytes bytes) {
    proofs::PieceCommitter commitment;
    commitment.update(bytes);
    const auto made = commitment.finish().value();
    return {std::move(bytes), {made.padded_size, proofs::piece_cid(made.commitment)}};
}
const Cid kShared = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(as_bytes("shared")));
// Makes a CAR with a block of its own and a block that all have.
Data car_of(std::string_view own) {
    const Cid cid = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(as_bytes(own)));
    Bytes car = car_header({cid});
    append(car, car_section(cid, as_bytes(own)));
    append(car, car_section(kShared, as_bytes("shared")));
    return piece_of(std::move(car));
}

struct PieceStoreTest : ::testing::Test {
    testing::Folder folder;
    store::MemoryKeyValue memory;
    KilledRecords records{memory};
    std::unique_ptr<PieceStore> pieces = open();

    std::unique_ptr<PieceStore> open() { return PieceStore::open(folder.path() / "pieces", records).value(); }
    Status add(const Data& piece) const {
        return pieces->add(piece.info, piece.bytes.size(), memory_source(piece.bytes));
    }
    bool has(const Cid& block) const {
        const auto found = pieces->find_block(block);
        EXPECT_TRUE(found) << found.error().message();
        return found && *found;
    }
    std::size_t count_records() {
        std::size_t out = 0;
        EXPECT_TRUE(memory.for_each("", [&](std::string_view, BytesView) -> Result<bool> {
            ++out;
            return true;
        }));
        return out;
    }
    std::size_t count_files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path() / "pieces"), {}));
    }
    Bytes read(const Cid& piece, std::optional<std::uint64_t> size = {}) const {
        auto reader = pieces->read(piece, size);
        EXPECT_TRUE(reader && *reader);
        if (!reader || !*reader) return {};
        Bytes out((*reader)->size());
        for (std::uint64_t at = 0; at < out.size();) {
            const auto got = (*reader)->read(at, std::span(out).subspan(at));
            EXPECT_TRUE(got && *got > 0);
            if (!got || *got == 0) break;
            at += *got;
        }
        return out;
    }
};

TEST_F(PieceStoreTest, a_block_goes_with_its_last_holder) {
    const auto a = car_of("a"), b = car_of("b"), c = car_of("c");
    ASSERT_TRUE(add(a) && add(b) && add(c));
    // The order of removal does not matter: here the newest holder goes first, then the oldest.
    for (const auto* piece : {&c, &a}) {
        ASSERT_TRUE(pieces->remove(piece->info.cid));
        EXPECT_TRUE(has(kShared));
    }
    ASSERT_TRUE(pieces->remove(b.info.cid));
    EXPECT_FALSE(has(kShared));
    EXPECT_EQ(count_records(), 0U);
    EXPECT_EQ(count_files(), 0U);
}

TEST_F(PieceStoreTest, a_block_comes_from_a_holder_that_is_whole) {
    const auto a = car_of("a"), b = car_of("b");
    ASSERT_TRUE(add(a) && add(b));
    for (const auto* piece : {&a, &b}) {
        auto damaged = testing::read_text(pieces->path_of(piece->info.cid));
        damaged.back() = 'x';
        testing::write_file(pieces->path_of(piece->info.cid), as_bytes(damaged));
        if (piece == &a) EXPECT_TRUE(has(kShared));
    }
    EXPECT_EQ(pieces->find_block(kShared).error().code(), Errc::verification) << "here, but damaged everywhere";
    ASSERT_TRUE(add(a));
    EXPECT_TRUE(has(kShared)) << "repaired by the same data";
}

// Adding and removing are killed at every write. After the restart the piece is complete or gone.
TEST_F(PieceStoreTest, kills) {
    const auto stays = car_of("stays"), moves = car_of("moves");
    ASSERT_TRUE(add(stays));
    const auto before = count_records();
    const auto consistent = [&](bool may_be_there) {
        records.kill_at = 0;
        pieces = open();
        const auto known = pieces->find(moves.info.cid).value();
        EXPECT_TRUE(has(kShared));
        if (known) {
            EXPECT_TRUE(may_be_there);
            EXPECT_EQ(read(moves.info.cid), moves.bytes);
            ASSERT_TRUE(pieces->remove(moves.info.cid));
        }
        EXPECT_EQ(count_records(), before);
        EXPECT_EQ(count_files(), 1U);
    };
    int kills = 0;
    for (int at = 1;; ++at, ++kills) {
        records.kill_at = at;
        try {
            ASSERT_TRUE(add(moves));
            break;
        } catch (const Killed&) {
            consistent(true);
        }
    }
    consistent(true);
    EXPECT_GE(kills, 3);
    for (int at = 1;; ++at, ++kills) {
        records.kill_at = 0;
        ASSERT_TRUE(add(moves));
        records.kill_at = at;
        try {
            ASSERT_TRUE(pieces->remove(moves.info.cid));
            break;
        } catch (const Killed&) {
            consistent(at == 1);
        }
    }
    EXPECT_GE(kills, 6);
}

// FRC-0069: zeros at the end of the data change neither the commitment nor the padded size.
TEST_F(PieceStoreTest, one_piece_in_two_lengths) {
    for (const bool padded_first : {false, true}) {
        auto car = car_of(padded_first ? "padded first" : "padded last");
        Data padded = car;
        padded.bytes.resize(piece_capacity(car.info.size));
        ASSERT_EQ(piece_of(padded.bytes).info, car.info);
        const auto& first = padded_first ? padded : car;
        const auto& second = padded_first ? car : padded;
        ASSERT_TRUE(add(first));
        ASSERT_TRUE(add(second));
        EXPECT_EQ(read(car.info.cid), first.bytes) << "the length that came first";
        EXPECT_EQ(read(car.info.cid, first.bytes.size()), first.bytes);
        EXPECT_EQ(read(car.info.cid, second.bytes.size()), second.bytes);
        EXPECT_FALSE(pieces->read(car.info.cid, first.bytes.size() - 1).value());
        EXPECT_TRUE(pieces->find(car.info.cid).value()->is_car) << "zeros end a CAR";
        EXPECT_TRUE(has(kShared));
    }
}

TEST_F(PieceStoreTest, data_of_a_known_piece_is_judged_too) {
    const auto a = car_of("a");
    ASSERT_TRUE(add(a));
    const Data wrong{testing::content(a.bytes.size()), a.info};
    EXPECT_EQ(add(wrong).error().code(), Errc::verification);
    EXPECT_EQ(pieces->add(a.info, a.bytes.size() + 1, memory_source(a.bytes)).error().code(), Errc::truncated);
    EXPECT_EQ(pieces->add(a.info, piece_capacity(a.info.size) + 1, memory_source(a.bytes)).error().code(),
              Errc::too_large);
    EXPECT_EQ(read(a.info.cid), a.bytes);
}

TEST_F(PieceStoreTest, damage_is_found_when_it_is_read) {
    const auto piece = piece_of(testing::content(1'000'000));
    ASSERT_TRUE(add(piece));
    EXPECT_FALSE(pieces->find(piece.info.cid).value()->is_car);
    auto damaged = piece.bytes;
    damaged[300'000] ^= 1;  // in the second of four chunks
    testing::write_file(pieces->path_of(piece.info.cid), damaged);
    auto reader = pieces->read(piece.info.cid).value().value();
    Bytes part(100);
    EXPECT_TRUE(reader.read(0, part));
    EXPECT_TRUE(reader.read(999'000, part));
    EXPECT_EQ(reader.read(262'144, part).error().code(), Errc::verification);
    EXPECT_EQ(pieces->read(piece.info.cid).error().code(), Errc::verification) << "it is known now";
    // Data in a different length repairs the piece, too, and the file keeps its length.
    Data padded = piece;
    padded.bytes.resize(1'000'500);
    ASSERT_TRUE(add(padded));
    EXPECT_EQ(read(piece.info.cid), piece.bytes);
    EXPECT_EQ(read(piece.info.cid, 1'000'500), padded.bytes);
    fs::resize_file(pieces->path_of(piece.info.cid), 999'999);
    EXPECT_EQ(pieces->read(piece.info.cid).error().code(), Errc::verification);
}

// Records of version 1, in which pieces have no checksums and each block has one holder.
TEST_F(PieceStoreTest, records_of_the_first_version) {
    const auto car = car_of("old"), spoilt = car_of("spoilt");
    for (const auto* piece : {&car, &spoilt}) {
        CborWriter w;
        w.array(3);
        w.uint(piece->info.size);
        w.uint(piece->bytes.size());
        w.boolean(true);
        ASSERT_TRUE(memory.put("pieces/" + piece->info.cid.to_string(), w.view()));
        testing::write_file(pieces->path_of(piece->info.cid), piece->bytes);
    }
    ASSERT_TRUE(memory.put("piece-blocks/abc-18", Bytes{1}));
    auto wrong = spoilt.bytes;
    wrong.back() ^= 1;
    testing::write_file(pieces->path_of(spoilt.info.cid), wrong);
    pieces = open();
    EXPECT_EQ(read(car.info.cid), car.bytes);
    EXPECT_TRUE(has(kShared));
    EXPECT_FALSE(memory.get("piece-blocks/abc-18").value());
    auto reader = pieces->read(spoilt.info.cid).value().value();
    Bytes part(10);
    EXPECT_EQ(reader.read(0, part).error().code(), Errc::verification) << "no checksums are made of wrong bytes";
    ASSERT_TRUE(add(spoilt));
    EXPECT_EQ(read(spoilt.info.cid), spoilt.bytes);
}

// The blocks of a CAR with a faulty end are served, since their CIDs prove them; CARs of version 2 are CARs too.
TEST_F(PieceStoreTest, forms_of_data) {
    auto cut = car_of("cut").bytes;
    append(cut, Bytes{0x7f, 1, 2});
    const auto piece = piece_of(cut);
    ASSERT_TRUE(add(piece));
    EXPECT_FALSE(pieces->find(piece.info.cid).value()->is_car);
    EXPECT_TRUE(has(kShared));
    ASSERT_TRUE(pieces->remove(piece.info.cid));
    EXPECT_FALSE(has(kShared));

    const auto inner = car_of("inner").bytes;
    Bytes second{0x0a, 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};
    second.resize(51);
    store_le(second.data() + 27, std::uint64_t{51});
    store_le(second.data() + 35, std::uint64_t{inner.size()});
    append(second, inner);
    second.resize(second.size() + 100, 0xaa);  // an index
    const auto version_2 = piece_of(second);
    ASSERT_TRUE(add(version_2));
    EXPECT_TRUE(pieces->find(version_2.info.cid).value()->is_car);
    EXPECT_TRUE(has(kShared));
}

// The piece has more blocks than one page of the index.
TEST_F(PieceStoreTest, many_blocks) {
    Bytes car = car_header({});
    std::vector<Cid> cids;
    for (std::uint32_t i = 0; i < 2500; ++i) {
        const auto text = std::to_string(i);
        cids.push_back(Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(as_bytes(text))));
        append(car, car_section(cids.back(), as_bytes(text)));
    }
    const auto piece = piece_of(std::move(car));
    ASSERT_TRUE(add(piece));
    for (const auto& cid : {cids.front(), cids[1024], cids.back()}) EXPECT_TRUE(has(cid));
    ASSERT_TRUE(pieces->remove(piece.info.cid));
    EXPECT_EQ(count_records(), 0U);
}

}  // namespace
}  // namespace strata::retrieval
