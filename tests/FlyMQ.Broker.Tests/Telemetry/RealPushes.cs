namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>What Apache Kafka's Java client 4.4.0 pushed to a broker that asked for totals and takes zstd: <c>PushTelemetryRequest.Metrics</c>, as it came.</summary>
internal static class RealPushes
{
    /// <summary>A producer that has sent 25 records to the topic <c>orders</c>; asked for <c>org.apache.kafka.producer.</c>.</summary>
    public static readonly byte[] Producer = Convert.FromBase64String(
        """
        KLUv/QBYxEEAekoUEEWArEkH3O0p8dud8PEn506Y9/5xEz9QWWpUbcuzIUz7W96ayM1+3IQQuTdaI9xAbN7sAptUIxIBek4LphozT5KDOh81IwXnAOUA8gDlm99+eghHyJUAGxQ0i7e8aAX38OG3R/
        3c8sj41ZRcw0VN3EOTXPfkt/P8lpR0wPZklofIjYx8lgeWiebNtgQzetMX91xysMd9e84BAAX4AaKTVqQ4M2otyIWeSptxBsvOfE9wPLF4TyRH8Sq+XctvSXfEJgE38CP5dUdsFnAFT7UIBxWRAlEF
        hrzo5jIcqDNJHhZNErwjNm/u4sG+fRxvSdocBrf6Et+ewlsIiE5aUS575uDdZnSzPUETk9mKZDbvLqcWLNMcil5RTFHwvGI64rMHWrGcFQPvTrQ9C+pOvMFPfIpvz/JYBE1f1noW3+7lVT+f5S1paA
        te9VffjsJrBtuJ2eKIvD6Ibxfx6/EefzvqYVqj6D17PCyCLuJJfLtV3ZGmO6xJp3isb9/66e4kCjZq7eZNSGPCUBX5ZdKSgZi84Fif9e0t6pIeFwaJgvgQ306iu8O+/PZeVXKzZsgP0JCvt99+T3ye
        98ijXurbp6DCloIqUhYsv1qQC6EmeHlkBjFp4lF8+wqnHs2Lki/27djN8ujG7D01eIk/8e1YtiQfWl27edPuw77dRM87npiAG/gBXnuqGWwJiK1roGMQyR7ORo778dt3PjIBaKZgsXNb0oMK1Vt9+4
        mKhKnvyVSzakjmw9dvD+Fk5cut6bb52c6qU/dAdOqrvt2EVw9JcnR5ojHEi/h2Kt2YjZJWbEZB4ZCCph09SdA229Hmy8vgLb7r28G8gg/ddGO2GqU3fTHip779ykoDrMsp7r5lzvjcZZApwtWb+HYV
        Xml8McvT7zayrTNoP2JYPNe3f5kkko60s1qQC+FSFK9pYlHJV7zWt3OFZ2NpWpr8wNr6Ft/uIkiDrnfx7TgPyZhUatqZpyEPH+rbpTxsU6IR2UPjCCZBsROT5WsWOdRHffuIE+MsaPpy1m99e9dREb
        QzHi9TjPxu5Pjt0LTMJaV1Ha2oouhGr6nfhbDOzcIcn5k+OhvO2aKiCxoEO1nVTPF4M5rane+C6GjvucugziQzacmqUa36MYVKdl+A7uC4mDyqPMjCQORGSGr0dO53314ihU5+TWTZewrnbMEDg8+C
        Htd7fbstg1OH7ml79+yBpi9XJZPUXRyaL5rLYdOXNzDIXq6EmdG55Z2OLHOgSYIoVA0oaSaog0nYgc2bOyXGlgR/+g7fXl2qjdd/fbvIAeqH3hJnS9KOWZDEU317Ce9uTGZ7lhj3zpvLpbjw7KhW/a
        R+xLdXVQp6usAUARVVp+4+gpqA4KiBVJlcxSZyAoHTqOGVUmSEaKQgSQqF1hGFRECYcpLSAxJgoEgUjmIMxFEMA0EIEWUMsSSJSCBykrQBqMR+sG562BPm851yPMi8zXTP3dRKSUv0SQvFYthKKYQm
        cVKMEvwPGjTBfmlHcru/pRr2i9EWDTrFAcjSGjoQlti6jORK7CsW13gY1tnxb4yBJyz13m0o+66R7eWN+OSPRmhJluF0gQBNwWac8koTZ0IvkXZxoXCTh9CA9bNDbkPna4gq8KVY5HS2AdAiBYklmq
        0cMSmtpj2nBJzIfWdWKmwqbyB4coQe/jAG6MwClNOE5xyLBmSNnxEPxiafv00e+qtGYcBpxWbxDp+uLwx6ZSsZ/MRBRcAvgZjEE5ojVQ9wytaunbhzOQfJFwu8yS19rt8PxXK3asAokaGzNshkOYaQ
        IH1pxo5htJ+vWbWsCB1KVln6Up60IfTveBhN12/Z1egWnmNgA41P4wRLUgx1qlZ84sG/RvY5Vg98lQ8PubIVIlAwb+DUVzqdoDUJ7gEy6ux2wiqrWzJoYiFF1yT3oZ4trSPiExbWyY/RePa0KslFvl
        NwBz3i26Q5tTF7Eyqi+/I+gGyZc2dvv7bmN8wd5IURS2oh/yzIJP1AR4opi8ok6BcSTKHXLM8qUmYApOAhWl4A1itnK4ioImdGeBDSXj6Zya8OyQGjmSgLmlNTvTZoSoHpyIEIVKzg00gyWcvvyKje
        18TawNpyV9AkdkMRltQp7/i72WMxMoGqzY8+bNRJ4HJ7msrwml1iaSyG/kUEb/0pEv48kNEMoNAC9T55XDFIPge8trY6UwfFw9ljTacvRPAK7xT2Om8mBwHYewxv5ITgT4YseVQnwbLJBHR7XikUHe
        Eq0+7PNESqBlJmrUyAg6eKlBfQs1Ux7NELeeiUMjG4ar6VnDyDz6EKUIK9wO5rw1Vai7G9XsfMc1clmJ1jzhMScS5yF67b3I4+vhydi5zSG9ZRXGTNf+FF0yKRpejDawJzzRHQnPTmL4HNo8Jm8R34
        2TXjPm9sIwBalPDTOZvtb+WR36YTBM2TjGF+58VifqmL0mZlYTVMiKDDSxUtaWARVJ6u4pct+jDDEaahmEpMqAeDfQNeB/SA1+yxZitIwkhWUgXuM/hvhmE60qAp4RhV3xgQECYSITcOkPc8z2aOjt
        45DER3VTwCgBv9vjeOJxh2o+fjHhC8suQtt+JQ4bNJwECxQ4GeNzdiF7Hh+2cpH4N79ZHqHMLklLUq48wv77Vdaz8n5vsQFlKpoFTPvpJZtciZjpegi4Q8b7cYcu4Xs3JIl/xdiw6tyCMAwlgw11mn
        jsMa9mJrdo4fYNDUX3FXGX1MwDp2/3Zek1NyZ08MP3kYvAE4+MjwZXBkGi28vGAVlVnsJ7ka04aoh6OOM07CtoxzQJd4/N/r6MENldKxeS4TuZXPSMRWAQEAAA==
        """);

    /// <summary>The last push of a member of the group <c>g</c> that read nothing; asked for <c>org.apache.kafka.consumer.</c>.</summary>
    public static readonly byte[] Consumer = Convert.FromBase64String(
        """
        KLUv/QBYRE4AakmYEEiA3FEHVCLt9RacpTFchY6SpdVWMX6LksaiTHEqzdIdIMsIkVtERLKRu9vK3ShyNOigCwxZoCYPU6XP4o9hBx2KYIjUpCS1EMnrAO4A9QCs7Uuss3qdGoAF996aGmHSkJAzxp
        0HLyG35s47ubna86n2rX1dmElUr2ruaXgtzAX2uNvNAE/ObDKSFbHGnp8PCkqRgaRWobZDjwJ39cfdNMo3gadhVO3SKN8FnkHOPMAGB4QnFmjYHihI98ySuofxyHSrPO1CTmqUb9zvsJfwdUUrFkND
        5Jggq0BktpvUQLWTXc1Ekqu3Z8IiuL54diXU1AiTlpRQxh78PEHpMJO91UKwINmiLD81S7I6zTsDSd/ZdY9kNVDYbn6S+auXv0jtO3MwkynLy7/CWTjV+QAYVbuCQs6mtFfwO78/WgXJVfKL5cSudx
        SW6gkRt36UuTQf/hU7vBQ+4fvi2T16KGxCv/nzwc8T9Ep4Kas0M6Lycz18xmcK04eJAXyfMNT5OCHTlqBsF4dCUhfOw//5IC/MI06Ztgfiwrt2FfbaVp+nsOXwJvBU+veyQu7TPbNJX4WvVjOEccnP
        sZ961e2Fd8IleCvKPqw8xh3cbwDyc6sZHoi5DowvyWSkKjdLLVdXVCXXlQe5UP3Fh5pVO5uDIH4Lo2D/3q3ynwjctPvi2Q07t+55JfW585p5miVZ3vNWUZbzE+lP4Krfl1hoT0M+mYgS2bEHP0+7eb
        DVAaZmi4pnPq77QisbYKTCVl+lmAFiE9RkIYFeh0FgpbsCY1k8MnBGZJBc4axtQrj3lsBRKNHGivcL3cN4OCFzZ/Z0mDPonHxfRwe8mvy8iZWucmi2oLpbYSzgm1PHe/l6nnrvrQJJNOs1LVJSNN66
        jEg90hyL997bRLNwd4j+KMVqC50Qpi8eV++tUZk7HkbDHnczFYghaDmYReGKcELEnjWvs1n7OAPbA3XhPNyp2rZ5KYoZTzPZopufuu1tXk2dY3HvucNasqtAYJHRP2GoU7NI9+q1d876+u4tX83Hwl
        r8TaUwPdAcBTmA4ZdwiC1yzRX0w5849957771mhik9Jg0krGbQWBb50UBBmzcqrIrKrmRGFTdAoHB1wuewB6k0APYCVYIIgpVOLi9K+5jKPL59+Fc89UoCP+XHCf18TBdHFYOXMR1JmEYMTVrfQl48
        4+WasJPXF890TF5UuEg1jKRYbfFrxxx5uBvT7VvHF1+WAeCCXpGQ8gGbVcMxOCm29JTx4LPwSbiksjnZETVkBAo74G4Ccg5cmE3AYBKJttbErnmtLYeR6CSL1bJYLQtvBR+QVSHRhUcW3gqWYzo1hp
        YjEbQwF9gNMFOYSv17W186zMNyrGZkJcQRKJTmNQpL9Yg2OB2HimdXi9DBMvawj8WXbeZY0RJjJsxSScMxJIKZqHKUjjInQ5KilDKMAaIKEAQhIEmS50U+EkCgMAhDQQiDOAphGAZokCHGmhIhkUBE
        YaoOYyAOlyrXWwKi48jkT3xSyC7d0ee8jGK/GqYMhxTPdEyRn9YX9RDNZVHQQLDrgiR0sgP30E7qaHhziXyOosyqeHYoaZxDh8yN6tGb0+z4B6OJNDCdTFdYqtw483PVFGITTb37hUT9PNQ1Q0YUYy
        eXRqxBEZEdA4twII6pmnUH9lhTrhQA/YUsRPIc9AkrIhaiLYWwT5J5JS0NfDZczw19+Ge8FhZmKEUEwYMpYKvldwVL7QT7mYWIML7Q1eisuwUMFBu7MP9jI3r2IYLjqe2bTjFqvQDL1onpZTqYixXd
        tK30IDktp3NeomVpb/eLKErLQOrNHryJHQhJCBlxX2bagTXqzF4iazxR8VDrEWyWCDXX9X2PCCL/CwDTFtssho9nC6PrHvB8v1moRU+Mop7RLzGhF34UbrphJkyRupQgRLSjCu4nh22IUwP0ywLcKW
        2T5WMZJWI+aEghufDCfhaSIpSh7E8Yngq/9Xj7yFMQ7owSWAysVHXWMDJvq8VT0Lv2z4uI4HA60U8BvErqbhfAXp6UcmAobYozsJKiJqUc9qMNOIYllLfEwIFevLOm3b8VgBqkG+2zbrHboJhKvdEd
        VgYI37HWPw2JxuviP8eFaW9u57iSvO35UG7K/qRODdn2AoSwQ/h21UXY2ANIFNUUwP0oY5IgWeGkrj/NIp9aOp58y00qcGhmIL66/TL8cV+FtKj/xVB//jGAPLVB3pI52fb03SrAiDGo5GasF0+66Q
        9ylifGV25dSD6bf3PXbt0CujvJmgDnHwF+rGYgbrmOn4+fqg2zvTiYjvOsFy1q2jV91fhMZkPAfNl6RUzNZ54f/tAoeTezGrD5fIFsuRUeXdui5xx7nFRPwFFFVVSqnwKL9BQXqKZ4ZuhjT8j+yeXu
        /fDhXL4S1U/lMHzCXXKO8zQSr59oK8NLDZV0IQrz4LJxjt0Kfk6KIb7yik1INYo5PX+RgReWKBg94npNLFEtL+QJw2NqeAvzohpUMMrwC29NBc9lSfIWkwAOZLUVfqyzcSNYcs7QLme1xKVlXM2WFK
        VkLEhouRKXNwiT8bVzl59X3gLWtcA3Li0zLRJJf4pC8KcfKBvLHPNfInf5YLmCyF3CQDXstpTm0epmIrhO/Rwp4Lf0PmoA9oSwCyPUP+qrjriP669jM9azZKz2iFnVesVNuvfHmWJrzCRgF66c3dnB
        +1CEUDmuowYqmDDp3fp7yillxG5e13KaSDY6RNO5pb0eqM8IxfAXjk/PvWjGrmtUEziWW5/3E0PjMotv9THAFMJIprUBM8ji1yaKjtd7ypQ94LimHwbP5zAV4FdTmPLfDAOgX4ZXMeAzk/uBaA34wj
        F0GloVwzF+9nfuspoCLy9b3DulQ9bUC5mwZD1/e7p72UBoXMJsCe0vCd8ObBSiu1USvnNw1UakaHrGLhk9MncStkSSgrXRI239OSEqCpnye61REWV5wfc2hGNlsftg5FrYv1Tp4lAWW0QqJPpCZMZu
        s91c8IamCcdEfEtxiH7+tmlh0kGL2KIqDNOnmA3TXX91iIxqczgh8lWhqpmppNpehEjEYWfUgm+uF7lyivnDIX5jif6J1f4FMqhvHCoTLYYpKcW5QCs4pA98MWwvnCRIn6zrYOCp4D49+J8DiwvLCH
        Su4TNIGZ97JhhcgrIiOUJVEetI4C+ShVENRK1YFXQ20ytTnyEHjp4IEDD6Tm0DQ3lYjYhrDY67ZFxlczL0m1m/FKflshYk97hWJk2LdEZdYyr/aXxE2DO8QVq/ALag4Epjm4Wet7Noi1fZoCpAdM2n
        XC1j18WBr3FUntGku5P2x3IdLmGafovicWF1YpwhvoDl0phPPa0BAAA=
        """);
}
