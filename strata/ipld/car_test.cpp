#include <strata/ipld/car.hpp>

#include <gtest/gtest.h>

#include <strata/base/varint.hpp>

namespace strata {
namespace {

using Sections = std::vector<std::pair<Cid, Bytes>>;

auto collect_into(Sections& sections) {
    return [&sections](const Cid& cid, BytesView data) -> Status {
        sections.emplace_back(cid, to_bytes(data));
        return {};
    };
}

// The blocks have about the size of the read-ahead, and one has nearly the limit.
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
    EXPECT_EQ(refused(far), Errc::truncated) << "the data begins nowhere";
}

}  // namespace
}  // namespace strata
