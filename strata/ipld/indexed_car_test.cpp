// Protects the indexed form of CARs against Forest. tests/vectors/snapshot holds files that Forest's index code
// (src/db/car/forest/index of 2026-08) and its zstd wrote: the index whole and in parts. Hashes are those that Forest's
// own tests expect (src/db/car/forest/index/hash.rs, "hash stability tests").
#include <strata/ipld/indexed_car.hpp>

#include <gtest/gtest.h>
#include <zstd.h>

#include <thread>

#include <strata/base/file_writer.hpp>
#include <strata/base/unpack.hpp>
#include <strata/ipld/indexed_car_writer.hpp>
#include <strata/ipld/layered_blockstore.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata {
namespace {

namespace fs = std::filesystem;
using Blocks = std::vector<CarriedBlock>;

fs::path forest_file(const char* name) {
    return testing::own_vectors(std::string("snapshot/") + name);
}
Bytes content_of(const fs::path& path) {
    return read_file(path, UINT64_MAX).value();
}
Blocks blocks_of(const fs::path& path) {
    Blocks out;
    const auto source = unpacking_source(file_source(path).value()).value();
    EXPECT_TRUE(stream_car(source, [&](const Cid& cid, BytesView data) -> Status {
        out.push_back({cid, to_bytes(data)});
        return {};
    }));
    return out;
}
void write_indexed(const fs::path& path, const Blocks& blocks, std::size_t alone = 0) {
    Bytes file;
    const auto sink = [&](BytesView bytes) -> Status {
        append(file, bytes);
        return {};
    };
    auto writer = IndexedCarWriter::begin(sink, {blocks[3].cid}, {.beside = path}).value();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto& [cid, data] = blocks[i];
        ASSERT_TRUE(i < alone ? writer->put_alone(cid, data.size(), memory_source(data)) : writer->put(cid, data));
    }
    ASSERT_TRUE(writer->finish());
    ASSERT_TRUE(write_file(path, file));
}

TEST(CarIndex, hashes_are_those_of_forest) {
    const std::pair<const char*, std::uint64_t> expected[] = {{"forest", 7060553106844083342U},
                                                              {"lotus", 10998694778601859716U},
                                                              {"libp2p", 15878333306608412239U},
                                                              {"ChainSafe", 17464860692676963753U},
                                                              {"haskell", 10392497608425502268U}};
    for (const auto& [text, hash] : expected) {
        CborWriter w;
        w.text(text);
        EXPECT_EQ(car_index_hash(Cid::hash_of(Codec::dag_cbor, w.view())), hash) << text;
    }
    const Bytes digest{1, 2, 3, 4, 5, 6, 7, 8};
    const auto identity = [&](std::uint64_t codec, std::size_t size) {
        return car_index_hash(Cid::v1(static_cast<Codec>(codec), HashCode::identity, BytesView(digest).first(size)));
    };
    EXPECT_EQ(identity(0xAB, 0), 170U);
    EXPECT_EQ(identity(0xAC, 4), 171U);
    EXPECT_EQ(identity(0xAD, 8), 578437695752307371U);
}

TEST(IndexedCar, reads_files_of_forest_in_place) {
    for (const char* name : {"made.forest.car.zst", "made_parts.forest.car.zst"}) {
        const auto path = forest_file(name);
        const auto blocks = blocks_of(path);
        ASSERT_EQ(blocks.size(), 240U);
        for (const std::uint64_t cache : {std::uint64_t{0}, IndexedCar::kDefaultCache}) {
            auto opened = IndexedCar::open(path, cache);
            ASSERT_TRUE(opened) << opened.error().message();
            auto& car = **opened;
            EXPECT_EQ(car.header().roots, std::vector{blocks[3].cid});
            for (const auto& [cid, data] : blocks) {
                EXPECT_EQ(car.get(cid).value(), data);
                EXPECT_TRUE(car.has(cid).value());
            }
            const Cid absent = Cid::hash_of(Codec::raw, as_bytes("absent"));
            EXPECT_EQ(car.get(absent).error().code(), Errc::missing_block);
            EXPECT_FALSE(car.has(absent).value());
        }
    }
}

// The index of a file is a function of the frames: made again from them, it has the same bytes.
TEST(CarIndex, is_written_byte_for_byte_as_forest_writes_it) {
    for (const auto& [name, frame] : {std::pair{"made.forest.car.zst", std::uint64_t{UINT32_MAX}},
                                      std::pair{"made_parts.forest.car.zst", std::uint64_t{512}}}) {
        const auto file = content_of(forest_file(name));
        const auto end = file.size() - 16;
        const auto begin = load_le<std::uint64_t>(file.data() + end + 8) - 8;
        std::vector<CarIndexEntry> entries;
        for (std::size_t at = ZSTD_findFrameCompressedSize(file.data(), file.size()); at < begin;) {
            const auto size = ZSTD_findFrameCompressedSize(file.data() + at, file.size() - at);
            auto sections =
                CarReader::of_sections(unpacking_source(memory_source(BytesView(file).subspan(at, size))).value());
            for (CarBlock block; sections.next(block).value();)
                entries.push_back({.hash = car_index_hash(block.cid), .frame = at});
            at += size;
        }
        std::ranges::reverse(entries);  // the order does not matter, nor does a repeat
        entries.push_back(entries.front());
        Bytes index;
        ASSERT_TRUE(write_car_index(
            entries,
            [&](BytesView bytes) -> Status {
                append(index, bytes);
                return {};
            },
            frame, frame));
        EXPECT_EQ(index, Bytes(file.begin() + static_cast<std::ptrdiff_t>(begin),
                               file.begin() + static_cast<std::ptrdiff_t>(end)))
            << name;
    }
}

TEST(IndexedCarWriter, writes_what_it_reads) {
    const testing::TempFolder folder;
    const auto blocks = blocks_of(forest_file("made.forest.car.zst"));
    for (const std::size_t alone : {std::size_t{0}, std::size_t{2}}) {
        const auto path = folder / "ours.forest.car.zst";
        write_indexed(path, blocks, alone);
        const auto read = blocks_of(path);
        ASSERT_EQ(read.size(), blocks.size());
        auto car = IndexedCar::open(path).value();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            EXPECT_EQ(read[i].cid, blocks[i].cid);
            EXPECT_EQ(car->get(blocks[i].cid).value(), blocks[i].data);
        }
        // Some of these blocks are equal; those in one frame have one entry.
        EXPECT_LE(car->entries(), blocks.size());
        EXPECT_GE(car->entries(), 150U);
        EXPECT_EQ(content_of(path).size(), fs::file_size(path));
        EXPECT_NEAR(static_cast<double>(fs::file_size(path)),
                    static_cast<double>(fs::file_size(forest_file("made.forest.car.zst"))), 2000)
            << "the frames are as those of Forest";
    }
    EXPECT_FALSE(fs::exists(unfinished_path(folder / "ours.forest.car.zst.index")));
}

TEST(IndexedCarWriter, an_index_on_disk_is_the_same) {
    const testing::TempFolder folder;
    CarIndexBuilder builder(folder / "file");
    std::vector<CarIndexEntry> entries;
    for (std::uint64_t i = 0; i < (1 << 20) + 1000; ++i) {
        const CarIndexEntry entry{.hash = i * 0x9e3779b97f4a7c15U, .frame = i / 10};
        ASSERT_TRUE(builder.add(entry));
        entries.push_back(entry);
    }
    EXPECT_TRUE(fs::exists(unfinished_path(folder / "file.index")));
    Bytes one;
    Bytes other;
    const auto into = [](Bytes& to) {
        return [&to](BytesView bytes) -> Status {
            append(to, bytes);
            return {};
        };
    };
    ASSERT_TRUE(builder.write(into(one)));
    ASSERT_TRUE(write_car_index(entries, into(other)));
    EXPECT_TRUE(one == other);
}

TEST(IndexedCar, a_large_block_is_streamed) {
    const testing::TempFolder folder;
    const auto path = folder / "large.forest.car.zst";
    Bytes large(IndexedCar::kMaxFrame + 100);
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i % 251);
    const Cid cid = Cid::hash_of(Codec::raw, large);
    auto file = FileWriter::create(path).value();
    auto writer =
        IndexedCarWriter::begin([&](BytesView bytes) { return file.write(bytes); }, {cid}, {.beside = path}).value();
    ASSERT_TRUE(writer->put_alone(cid, large.size(), memory_source(large)));
    ASSERT_TRUE(writer->put(Cid::hash_of(Codec::raw, as_bytes("x")), as_bytes("x")));
    ASSERT_TRUE(writer->finish());
    ASSERT_TRUE(file.commit());
    auto car = IndexedCar::open(path).value();
    EXPECT_EQ(car->get(cid).error().code(), Errc::io) << "a frame that large is not unpacked as a whole";
    EXPECT_EQ(car->get(Cid::hash_of(Codec::raw, as_bytes("x"))).value(), to_bytes(as_bytes("x")));
    Bytes got;
    const auto size = car->stream(cid, large.size(), [&](BytesView piece) -> Status {
        append(got, piece);
        return {};
    });
    ASSERT_TRUE(size) << size.error().message();
    EXPECT_TRUE(got == large);
    EXPECT_EQ(car->stream(cid, 100, [](BytesView) -> Status { return {}; }).error().code(), Errc::too_large);
}

TEST(IndexedCar, damage_is_an_error_of_this_node) {
    const testing::TempFolder folder;
    const auto whole = content_of(forest_file("made.forest.car.zst"));
    const auto blocks = blocks_of(forest_file("made.forest.car.zst"));
    const auto path = folder / "damaged.forest.car.zst";
    for (std::size_t at = 0; at < whole.size(); at += 97) {
        Bytes changed = whole;
        changed[at] ^= 0x40;
        ASSERT_TRUE(write_file(path, changed));
        auto car = IndexedCar::open(path);
        if (!car) continue;
        for (const auto& [cid, data] : blocks) {
            const auto got = (*car)->get(cid);
            // A changed index may lose a block; wrong bytes are never returned.
            if (got)
                EXPECT_EQ(*got, data);
            else
                EXPECT_TRUE(got.error().is_fatal()) << got.error().message();
        }
    }
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{15}, std::size_t{16}, whole.size() / 2, whole.size() - 1}) {
        ASSERT_TRUE(write_file(path, BytesView(whole).first(size)));
        EXPECT_EQ(IndexedCar::open(path).error().code(), Errc::malformed) << size;
        EXPECT_FALSE(IndexedCar::has_index(path).value());
    }
    EXPECT_EQ(IndexedCar::open(folder / "missing").error().code(), Errc::not_found);
}

TEST(IndexedCar, many_threads_read_at_once) {
    const auto blocks = blocks_of(forest_file("made.forest.car.zst"));
    auto car = IndexedCar::open(forest_file("made.forest.car.zst"), 20'000).value();
    std::atomic<std::size_t> right = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < 2000; ++i) {
                const auto& [cid, data] = blocks[(i * (t + 1) * 7) % blocks.size()];
                const auto got = car->get(cid);
                if (got && *got == data) ++right;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 8000U);
}

TEST(LayeredBlockstore, reads_both_and_writes_above) {
    auto car = IndexedCar::open(forest_file("made.forest.car.zst")).value();
    const auto blocks = blocks_of(forest_file("made.forest.car.zst"));
    MemoryBlockstore top;
    LayeredBlockstore store(top, *car);
    EXPECT_EQ(store.get(blocks[0].cid).value(), blocks[0].data);
    const Cid added = store.put(Codec::raw, as_bytes("new")).value();
    EXPECT_TRUE(top.has(added).value());
    EXPECT_TRUE(store.has(added).value());
    EXPECT_EQ(store.get(Cid::hash_of(Codec::raw, as_bytes("absent"))).error().code(), Errc::missing_block);
    EXPECT_EQ(car->put(Codec::raw, {}).error().code(), Errc::internal);
}

}  // namespace
}  // namespace strata
