#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/un.h>

#include "base/http_address.h"

/* Both ends of each block, and their neighbours. */
static const struct {
    const char *address, *judged;
} cases[] = {
    {"0.0.0.0", "closed"},
    {"0.255.255.255", "closed"},
    {"1.0.0.0", "public"},
    {"9.255.255.255", "public"},
    {"10.0.0.0", "closed"},
    {"10.255.255.255", "closed"},
    {"11.0.0.0", "public"},
    {"100.63.255.255", "public"},
    {"100.64.0.0", "closed"},
    {"100.127.255.255", "closed"},
    {"100.128.0.0", "public"},
    {"126.255.255.255", "public"},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"128.0.0.0", "public"},
    {"169.253.255.255", "public"},
    {"169.254.0.0", "closed"},
    {"169.254.169.254", "closed"},
    {"169.254.170.2", "closed"},
    {"169.255.0.0", "public"},
    {"172.15.255.255", "public"},
    {"172.16.0.0", "closed"},
    {"172.31.255.255", "closed"},
    {"172.32.0.0", "public"},
    {"192.0.0.255", "closed"},
    {"192.0.1.0", "public"},
    {"192.0.2.1", "closed"},
    {"192.167.255.255", "public"},
    {"192.168.0.0", "closed"},
    {"192.168.255.255", "closed"},
    {"192.169.0.0", "public"},
    {"198.17.255.255", "public"},
    {"198.18.0.0", "closed"},
    {"198.19.255.255", "closed"},
    {"198.20.0.0", "public"},
    {"198.51.100.7", "closed"},
    {"203.0.113.7", "closed"},
    {"223.255.255.255", "public"},
    {"224.0.0.0", "closed"},
    {"239.255.255.255", "closed"},
    {"240.0.0.0", "closed"},
    {"255.255.255.255", "closed"},
    {"::", "closed"},
    {"::1", "loopback"},
    {"::2", "closed"},
    {"::7f00:1", "closed"},
    {"::ffff:127.0.0.1", "loopback"},
    {"::ffff:10.1.2.3", "closed"},
    {"::ffff:169.254.169.254", "closed"},
    {"::ffff:8.8.8.8", "public"},
    {"64:ff9b::8.8.8.8", "public"},
    {"64:ff9b::169.254.169.254", "closed"},
    {"64:ff9b:1::8.8.8.8", "closed"},
    {"2002:808:808::1", "public"},
    {"2002:a01:203::1", "closed"},
    {"2002:7f00:1::", "loopback"},
    {"1fff:ffff::", "closed"},
    {"2001::1", "closed"},
    {"2001:1ff:ffff::", "closed"},
    {"2001:200::", "public"},
    {"2001:db8::1", "closed"},
    {"2600:9000:1::1", "public"},
    {"3fff:fff:ffff::", "closed"},
    {"3fff:1000::", "public"},
    {"4000::", "closed"},
    {"fc00::", "closed"},
    {"fd00:ec2::254", "closed"},
    {"fe80::1", "closed"},
    {"febf::1", "closed"},
    {"fec0::1", "closed"},
    {"ff02::1", "closed"},
    {"", "no address"},
    {"1.2.3", "no address"},
    {"1.2.3.4.example.com", "no address"},
    {"[::1]", "no address"},
    {"fe80::1%eth0", "no address"},
};

static const char *judge(const char *text)
{
    struct sockaddr_storage storage;
    const struct sockaddr *address = (const struct sockaddr *)&storage;
    if (!address_read(str_from(text), &storage))
        return "no address";
    if (address_is_loopback(address))
        return address_is_public(address) ? "both" : "loopback";
    return address_is_public(address) ? "public" : "closed";
}

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (strcmp(judge(cases[i].address), cases[i].judged) != 0)
            fail_msg("%s is %s, wanted %s", cases[i].address, judge(cases[i].address), cases[i].judged);
}

static void test_other_families_are_closed(void **state)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
    (void)state;
    assert_false(address_is_public((const struct sockaddr *)&local));
    assert_false(address_is_loopback((const struct sockaddr *)&local));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_other_families_are_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
