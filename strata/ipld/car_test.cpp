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

// Blocks around the size of the read-ahead, and one near the limit.
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

}  // namespace
}  // namespace strata
