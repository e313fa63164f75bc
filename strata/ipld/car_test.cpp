#include <strata/ipld/car.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/base/varint.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata {
namespace {

using Sections = std::vector<std::pair<Cid, Bytes>>;

auto collect_into(Sections& sections) {
    return [&sections](const Cid& cid, BytesView data) -> Status {
        sections.emplace_back(cid, to_bytes(data));
        return {};
    };
}

// The blocks are about as large as the read-ahead, and one is nearly as large as the limit.
struct Car {
    Sections sections;
    Bytes bytes;
};
Car make_car() {
    Car car;
    for (const std::size_t size : {0U, 1U, 65536U, 65500U, 3U, 200000U, 4000000U, 17U}) {
        const Bytes data(size, static_cast<std::uint8_t>(size));
        car.sections.emplace_back(Cid::hash_of(Codec::raw, data), data);
    }
    car.bytes = car_header({car.sections[1].first});
    for (const auto& [cid, data] : car.sections) append(car.bytes, car_section(cid, data));
    return car;
}

TEST(Car, StreamAndMemoryReadTheSame) {
    const auto car = make_car();
    Sections streamed;
    Sections in_memory;
    const auto header = stream_car(memory_source(car.bytes), collect_into(streamed));
    ASSERT_TRUE(header.has_value()) << header.error().message();
    EXPECT_EQ(header->roots, std::vector{car.sections[1].first});
    EXPECT_EQ(read_car(car.bytes, collect_into(in_memory))->roots, header->roots);
    EXPECT_EQ(streamed, car.sections);
    EXPECT_EQ(in_memory, car.sections);
}

TEST(Car, StreamEndsOnlyBetweenSections) {
    const auto car = make_car();
    const auto ends = car.bytes.size() - car_section(car.sections.back().first, car.sections.back().second).size();
    Sections sections;
    EXPECT_TRUE(stream_car(memory_source(BytesView(car.bytes).first(ends)), collect_into(sections)));
    EXPECT_EQ(sections.size() + 1, car.sections.size());
    for (const std::size_t cut : {ends + 1, ends + 20, car.bytes.size() - 1}) {
        const auto result = stream_car(memory_source(BytesView(car.bytes).first(cut)), collect_into(sections));
        EXPECT_EQ(result.error().code(), Errc::truncated) << cut;
    }
    EXPECT_EQ(stream_car(memory_source({}), collect_into(sections)).error().code(), Errc::truncated);
}

TEST(Car, StreamChecksBlocksAndSizes) {
    auto car = make_car();
    Sections sections;
    car.bytes.back() ^= 1;
    EXPECT_EQ(stream_car(memory_source(car.bytes), collect_into(sections)).error().code(), Errc::verification);
    Bytes large = car_header({});
    append(large, uvarint(kMaxCarSection + 1));
    EXPECT_EQ(stream_car(memory_source(large), collect_into(sections)).error().code(), Errc::too_large);
}

TEST(Car, HeadersAndSectionsHaveLimits) {
    const auto refusal = [](const Bytes& bytes) {
        Sections sections;
        const auto got = stream_car(memory_source(bytes), collect_into(sections));
        return got ? std::string("read") : std::string(errc_name(got.error().code()));
    };
    std::vector<Cid> roots(24'000, Cid::hash_of(Codec::raw, {}));
    EXPECT_EQ(refusal(car_header(roots)), "read") << car_header(roots).size();
    while (car_header(roots).size() <= kMaxCarHeader + 4) roots.resize(roots.size() + 100, roots.front());
    EXPECT_EQ(refusal(car_header(roots)), "too large");
    for (const std::uint64_t size : {kMaxCarHeader + 1, 100 * kMaxCarHeader, std::size_t{1} << 62})
        EXPECT_EQ(refusal(uvarint(size)), "too large") << size;

    const auto with_section = [](std::size_t size) {
        const Bytes data(size - Cid::hash_of(Codec::raw, {}).bytes().size());
        Bytes out = car_header({});
        append(out, car_section(Cid::hash_of(Codec::raw, data), data));
        return out;
    };
    EXPECT_EQ(refusal(with_section(kMaxCarSection)), "read");
    EXPECT_EQ(refusal(with_section(kMaxCarSection + 1)), "too large");
    Bytes huge = car_header({});
    append(huge, uvarint(100 * kMaxCarSection));
    EXPECT_EQ(refusal(huge), "too large") << "at the length, without a byte of it";
}

// A piece is a CAR followed by zeros, and Boost reads it so (FRC-0069; go-car v2/options.go, ZeroLengthSectionAsEOF).
TEST(Car, ZerosBehindACarEndIt) {
    const auto car = make_car();
    Bytes padded = car.bytes;
    padded.resize(padded.size() + 100'000);
    Sections sections;
    ASSERT_TRUE(stream_car(memory_source(padded), collect_into(sections), CarEnd::at_empty_section));
    EXPECT_EQ(sections, car.sections);
    sections.clear();
    ASSERT_TRUE(read_car(padded, collect_into(sections), CarEnd::at_empty_section));
    EXPECT_EQ(sections, car.sections);
    EXPECT_FALSE(stream_car(memory_source(padded), collect_into(sections))) << "only where zeros are expected";
    // The reader stops at an empty section: go-car's sample-v1-with-zero-len-section.car has blocks there.
    append(padded, car_section(car.sections[0].first, car.sections[0].second));
    sections.clear();
    ASSERT_TRUE(stream_car(memory_source(padded), collect_into(sections), CarEnd::at_empty_section));
    EXPECT_EQ(sections, car.sections);
}

// The layout is that of ipld.io/specs/transport/car/carv2.
Bytes version_2(BytesView payload, std::uint64_t gap, std::uint64_t size) {
    Bytes out{0x0a, 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};
    out.resize(11 + 16);
    const std::uint64_t offset = 51 + gap;
    for (const auto number : {offset, size, offset + size}) {
        out.resize(out.size() + 8);
        store_le(out.data() + out.size() - 8, number);
    }
    out.resize(offset, 0xee);
    append(out, payload);
    return out;
}

TEST(Car, Version2IsReadUpToItsIndex) {
    const auto car = make_car();
    for (const std::uint64_t gap : {0U, 1000U, 100'000U}) {
        Bytes file = version_2(car.bytes, gap, car.bytes.size());
        file.resize(file.size() + 500, 0xff);  // an index
        Sections sections;
        std::uint64_t at = 0;
        const auto header = scan_car(memory_source(file), [&](const CarBlock& block) -> Status {
            sections.emplace_back(block.cid, to_bytes(block.data));
            EXPECT_TRUE(equal(block.data, BytesView(file).subspan(block.offset, block.data.size())));
            EXPECT_GE(block.offset, at);
            at = block.offset + block.data.size();
            return {};
        });
        ASSERT_TRUE(header) << header.error().message();
        EXPECT_EQ(header->roots, std::vector{car.sections[1].first});
        EXPECT_EQ(sections, car.sections);
        EXPECT_TRUE(equal(*car_payload(file), car.bytes));
    }
}

TEST(Car, DamagedVersion2IsRefused) {
    const auto car = make_car();
    const auto refused = [&](const Bytes& file) {
        const auto read = stream_car(memory_source(file), [](const Cid&, BytesView) -> Status { return {}; });
        return read ? Errc::internal : read.error().code();
    };
    EXPECT_EQ(refused(version_2(car.bytes, 0, car.bytes.size() + 1)), Errc::truncated);
    EXPECT_EQ(refused(version_2(car.bytes, 0, car.bytes.size() - 1)), Errc::truncated);
    EXPECT_EQ(refused(version_2({}, 0, 0)), Errc::truncated);
    EXPECT_EQ(refused(version_2({}, 0, UINT64_MAX - 1)), Errc::truncated);
    Bytes inside = version_2(car.bytes, 0, car.bytes.size());
    inside[27] = 50;
    EXPECT_EQ(refused(inside), Errc::malformed);
    Bytes far = version_2({}, 0, 1);
    std::fill_n(far.begin() + 27, 8, std::uint8_t{0xff});
    EXPECT_EQ(refused(far), Errc::truncated) << "the data begins after the end of the file";
}

// ipld.io/specs/transport/car/carv1: a header is a map of "roots", a list of links, and "version", which is 1.
TEST(Car, OtherHeadersAreRefused) {
    const auto refused = [](std::string_view header_hex) {
        const Bytes header = *from_hex(header_hex);
        Bytes car = uvarint(header.size());
        append(car, header);
        const auto read = read_car(car, [](const Cid&, BytesView) -> Status { return {}; });
        return read ? Errc::internal : read.error().code();
    };
    // {"roots": [], "version": 1} and the same in the other order.
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e01"), Errc::internal);
    EXPECT_EQ(refused("a26776657273696f6e0165726f6f747380"), Errc::internal);
    EXPECT_EQ(refused("a16776657273696f6e01"), Errc::malformed) << "no roots";
    EXPECT_EQ(refused("a165726f6f747380"), Errc::unsupported) << "no version";
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e00"), Errc::unsupported);
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e02"), Errc::unsupported);
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e03"), Errc::unsupported);
    EXPECT_EQ(refused("a265726f6f7473f66776657273696f6e01"), Errc::malformed) << "the roots are null";
    EXPECT_EQ(refused("a265726f6f747381016776657273696f6e01"), Errc::malformed) << "a root is a number";
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e613"
                      "1"),
              Errc::malformed)
        << "the version is a text string";
    EXPECT_EQ(refused("a365726f6f7473806776657273696f6e0161780"
                      "1"),
              Errc::malformed)
        << "an unknown field";
    EXPECT_EQ(refused("a265726f6f7473806776657273696f6e0100"), Errc::trailing);
    EXPECT_EQ(refused("80"), Errc::malformed);
    EXPECT_EQ(refused(""), Errc::truncated);
}

// A section has a complete CID and its block; a block whose hash function is not known here is passed on unchecked.
TEST(Car, SectionsThatAreRefused) {
    const auto refused = [](const Bytes& section) {
        Bytes car = car_header({});
        append(car, section);
        const auto read = read_car(car, [](const Cid&, BytesView) -> Status { return {}; });
        return read ? Errc::internal : read.error().code();
    };
    EXPECT_EQ(refused(Bytes{0x00}), Errc::truncated) << "an empty section";
    EXPECT_EQ(refused(Bytes{0x03, 0x01, 0x55, 0x12}), Errc::truncated) << "the CID is cut";
    EXPECT_EQ(refused(Bytes{0x04, 0x02, 0x55, 0x00, 0x00}), Errc::malformed) << "an unknown version of the CID";
    EXPECT_EQ(refused(Bytes{0x80, 0x00}), Errc::non_canonical) << "the length is not in its shortest form";
    EXPECT_EQ(refused(Bytes{0x80}), Errc::truncated);
    EXPECT_EQ(refused(Bytes(11, 0xff)), Errc::out_of_range);
    const Cid unknown = Cid::v1(Codec::raw, HashCode::sha2_256_trunc254_padded, Bytes(32));
    EXPECT_EQ(refused(car_section(unknown, Bytes{1, 2, 3})), Errc::internal);
    const Cid wrong = Cid::hash_of(Codec::raw, Bytes{1});
    EXPECT_EQ(refused(car_section(wrong, Bytes{2})), Errc::verification);
}

// Failures of the source, of the visitor and of the store are passed on.
TEST(Car, FailuresAroundItArePassedOn) {
    const auto car = make_car();
    std::size_t left = 70'000;
    const ByteSource failing = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
        if (left == 0) return Errc::io;
        const auto size = std::min(left, buffer.size());
        std::ranges::copy(BytesView(car.bytes).subspan(70'000 - left, size), buffer.begin());
        left -= size;
        return size;
    };
    Sections sections;
    EXPECT_EQ(stream_car(failing, collect_into(sections)).error().code(), Errc::io);
    int seen = 0;
    const auto cancel = [&](const Cid&, BytesView) -> Status {
        return ++seen == 3 ? Status(Errc::cancelled) : Status{};
    };
    EXPECT_EQ(read_car(car.bytes, cancel).error().code(), Errc::cancelled);
    EXPECT_EQ(seen, 3);

    MemoryBlockstore memory;
    testing::FailingBlockstore store(memory);
    store.fail_write(2, Errc::no_space);
    EXPECT_EQ(load_car(car.bytes, store).error().code(), Errc::no_space);
    EXPECT_EQ(memory.blocks().size(), 2U);
}

}  // namespace
}  // namespace strata
