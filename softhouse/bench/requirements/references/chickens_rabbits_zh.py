import sys

heads, feet = int(sys.argv[1]), int(sys.argv[2])
rabbits, rest = divmod(feet - 2 * heads, 2)
chickens = heads - rabbits
if rest or rabbits < 0 or chickens < 0:
    sys.exit(1)
print(f"鸡 {chickens} 兔 {rabbits}")
